/** Room and secret of a link /r/{room}#{secret}. The fragment never leaves the browser in a request. */
export function address(at: Pick<Location, 'pathname' | 'hash'>): { room: string; secret: string } {
  const [, room = ''] = /^\/r\/([^/]+)\/?$/.exec(at.pathname) ?? []
  return { room: decoded(room), secret: decoded(at.hash.slice(1)).trim() }
}

// Some mail programs encode what need not be encoded.
function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
