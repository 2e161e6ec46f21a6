// Session descriptions, as plain text: what leaves the browser and what comes back.

const dropped = [
  /^a=candidate:/,
  /^a=end-of-candidates/,
  /^a=rtcp:/,
  /^a=rtcp-xr:/,
  /^a=ssrc:\d+ msid:/,
  /^a=rtcp-fb:\d+ (goog-remb|ccm fir)/,
]

/**
 * What the gateway is shown of an offer: no candidate and no address of this computer, and what is said
 * once for all m-lines is said once. The browser's own copy stays as it was.
 */
export function bare(sdp: string): string {
  const lines = sdp.split(/\r?\n/).filter((line) => line !== '' && !dropped.some((each) => each.test(line)))
  const print = lines.find((line) => line.startsWith('a=fingerprint:'))
  const rest = lines.filter((line) => line !== print).map(anonymous)
  const first = rest.findIndex((line) => line.startsWith('m='))
  if (print && first >= 0) rest.splice(first, 0, print)
  return `${rest.join('\r\n')}\r\n`
}

// Once candidates are gathered, browsers write their best address and port into these lines.
function anonymous(line: string): string {
  if (line.startsWith('c=IN ')) return 'c=IN IP4 0.0.0.0'
  if (line.startsWith('o=')) return line.replace(/IN IP[46] \S+$/, 'IN IP4 0.0.0.0')
  return line.replace(/^(m=\S+) [1-9]\d* /, (_, media: string) => `${media} 9 `)
}

/** Settings for Opus that the browser obeys when the other side asks for them (RFC 7587 §6.1). */
const opus: Readonly<Record<string, string>> = { useinbandfec: '1', usedtx: '1', minptime: '10' }

/** The answer with error correction and silence suppression asked for in every Opus line. */
export function tuned(answer: string): string {
  const lines = answer.split(/\r?\n/)
  const types = new Set(lines.flatMap((line) => /^a=rtpmap:(\d+) opus\//i.exec(line)?.[1] ?? []))
  return lines.map((line) => tune(line, types)).join('\r\n')
}

function tune(line: string, types: ReadonlySet<string>): string {
  const [, type, given] = /^a=fmtp:(\d+) (.*)$/.exec(line) ?? []
  if (type === undefined || given === undefined || !types.has(type)) return line
  const known = given.split(';').map((each) => each.trim().split('=') as [string, string?])
  const merged = new Map([
    ...known.map(([key, value = '']) => [key, value] as const),
    ...Object.entries(opus),
  ])
  return `a=fmtp:${type} ${[...merged].map(([key, value]) => (value ? `${key}=${value}` : key)).join(';')}`
}
