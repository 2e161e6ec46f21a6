import { describe, expect, it } from 'vitest'
import { type Abilities, lack } from './ability'

const able: Abilities = {
  isSecureContext: true,
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
  RTCPeerConnection: class {},
  RTCRtpTransceiver: { prototype: { setCodecPreferences: () => undefined } },
  RTCRtpReceiver: { prototype: { getContributingSources: () => [] } },
  mediaDevices: {},
}

describe('a browser', () => {
  it('that has everything may take part', () => {
    expect(lack(able)).toBeUndefined()
  })

  it.each([
    ['insecure', { isSecureContext: false }],
    ['in-app', { userAgent: 'Mozilla/5.0 (iPhone) AppleWebKit/605 Instagram 300.0' }],
    ['in-app', { userAgent: 'Mozilla/5.0 (Linux; Android 14; wv) Chrome/120' }],
    ['too-old', { RTCPeerConnection: undefined }],
    ['too-old', { RTCRtpTransceiver: { prototype: {} } }],
    ['too-old', { RTCRtpReceiver: undefined }],
    ['too-old', { mediaDevices: undefined }],
  ] as const)('is told %s when that is so', (name, change) => {
    expect(lack({ ...able, ...change })).toBe(name)
  })
})
