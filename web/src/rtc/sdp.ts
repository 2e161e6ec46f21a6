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

/**
 * What Chromium takes for the bandwidth (kbit/s) until it has measured. Its own guess of 300 is enough for
 * the smallest layer alone, and it takes ten seconds to find out; the others ignore this.
 */
const vp8: Readonly<Record<string, string>> = { 'x-google-start-bitrate': '1000' }

/**
 * The answer with error correction and silence suppression asked for in every Opus line, and a better first
 * guess of the bandwidth where this page sends pictures.
 */
export function tuned(answer: string): string {
  const sections = answer.split(/^(?=m=)/m)
  return sections.map((each) => tune(each)).join('')
}

function tune(section: string): string {
  const sending = /^m=video /.test(section) && /^a=recvonly\r?$/m.test(section)
  const lines = section.split(/\r?\n/)
  return lines
    .flatMap((line) => [line, ...missing(line, lines, sending)].map((each) => merged(each, lines, sending)))
    .join('\r\n')
}

/** What a payload type ought to be given, by its number. */
function settings(type: string, lines: readonly string[], sending: boolean): typeof opus | undefined {
  const codec = lines.find((line) => line.startsWith(`a=rtpmap:${type} `))
  if (codec && /^a=rtpmap:\d+ opus\//i.test(codec)) return opus
  return codec && sending && /^a=rtpmap:\d+ vp8\//i.test(codec) ? vp8 : undefined
}

/** An empty format line after the codec's, where there is none to put settings into. */
function missing(line: string, lines: readonly string[], sending: boolean): string[] {
  const type = /^a=rtpmap:(\d+) /.exec(line)?.[1]
  if (type === undefined || settings(type, lines, sending) !== vp8) return []
  return lines.some((each) => each.startsWith(`a=fmtp:${type} `)) ? [] : [`a=fmtp:${type} `]
}

function merged(line: string, lines: readonly string[], sending: boolean): string {
  const [, type, given = ''] = /^a=fmtp:(\d+) (.*)$/.exec(line) ?? []
  const wanted = type === undefined ? undefined : settings(type, lines, sending)
  if (wanted === undefined) return line
  const known = given
    .split(';')
    .filter((each) => each.trim() !== '')
    .map((each) => each.trim().split('=') as [string, string?])
  const all = new Map([...known.map(([key, value = '']) => [key, value] as const), ...Object.entries(wanted)])
  return `a=fmtp:${type} ${[...all].map(([key, value]) => (value ? `${key}=${value}` : key)).join(';')}`
}
