import { describe, expect, it } from 'vitest'
import { bare, tuned } from './sdp'

const offer = [
  'v=0',
  'o=- 42 2 IN IP4 192.0.2.7',
  's=-',
  't=0 0',
  'm=audio 53211 UDP/TLS/RTP/SAVPF 111',
  'c=IN IP4 192.0.2.7',
  'a=rtcp:53212 IN IP4 192.0.2.7',
  'a=candidate:1 1 udp 2113937151 192.0.2.7 53211 typ host',
  'a=candidate:2 1 udp 1677729535 2001:db8::1 53211 typ srflx raddr 192.0.2.7 rport 53211',
  'a=end-of-candidates',
  'a=ice-ufrag:abcd',
  'a=fingerprint:sha-256 AA:BB',
  'a=mid:0',
  'a=fmtp:111 minptime=10;useinbandfec=1',
  'm=video 9 UDP/TLS/RTP/SAVPF 96',
  'c=IN IP6 2001:db8::1',
  'a=ice-ufrag:abcd',
  'a=fingerprint:sha-256 AA:BB',
  'a=mid:1',
  '',
].join('\r\n')

describe('an offer that leaves the browser', () => {
  it('holds no candidate and no address', () => {
    const sent = bare(offer)
    expect(sent).not.toMatch(/candidate/)
    expect(sent).not.toMatch(/192\.0\.2|2001:db8|53211|53212/)
  })

  it('says the fingerprint once, before the first m-line', () => {
    const sent = bare(offer)
    expect(sent.match(/a=fingerprint:/g)).toHaveLength(1)
    expect(sent.indexOf('a=fingerprint:')).toBeLessThan(sent.indexOf('m=audio'))
  })

  it('keeps what makes the connection', () => {
    const sent = bare(offer)
    expect(sent).toContain('m=audio 9 UDP/TLS/RTP/SAVPF 111')
    expect(sent.match(/a=ice-ufrag:abcd/g)).toHaveLength(2)
    expect(sent).toContain('a=mid:1')
    expect(sent.endsWith('\r\n')).toBe(true)
  })

  it('keeps a refused m-line refused', () => {
    expect(bare('v=0\r\nm=audio 0 UDP/TLS/RTP/SAVPF 111\r\n')).toContain('m=audio 0 ')
  })
})

describe('an answer', () => {
  it('asks for error correction and silence suppression in Opus lines alone', () => {
    const lines = tuned('a=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10\r\na=fmtp:97 apt=96\r\n').split(
      '\r\n',
    )
    expect(lines[1]).toBe('a=fmtp:111 minptime=10;useinbandfec=1;usedtx=1')
    expect(lines[2]).toBe('a=fmtp:97 apt=96')
  })

  it('gives a first guess of the bandwidth where pictures are sent, and nowhere else', () => {
    const video = (direction: string) =>
      `m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\na=rtpmap:96 VP8/90000\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\na=${direction}\r\n`
    const answer = `v=0\r\n${video('recvonly')}${video('sendonly')}`
    const [head, sent, received] = tuned(answer).split(/^(?=m=)/m)
    expect(head).toBe('v=0\r\n')
    expect(sent).toContain('a=rtpmap:96 VP8/90000\r\na=fmtp:96 x-google-start-bitrate=1000\r\n')
    expect(sent).toContain('a=fmtp:97 apt=96\r\n')
    expect(received).toBe(video('sendonly'))
  })
})
