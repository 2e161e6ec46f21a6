/** What keeps a browser from taking part. */
export type Lack = 'in-app' | 'too-old' | 'insecure'

/** The part of the window that is looked at. */
export interface Abilities {
  readonly isSecureContext: boolean
  readonly userAgent: string
  readonly RTCPeerConnection?: unknown
  readonly RTCRtpTransceiver?: { prototype?: object } | undefined
  readonly RTCRtpReceiver?: { prototype?: object } | undefined
  readonly mediaDevices?: unknown
}

// Browsers inside other apps have features but no permission for the camera. These names are their own.
const inApp =
  /\b(FBAN|FBAV|FB_IAB|Instagram|LinkedInApp|MicroMessenger|Snapchat|TikTok|musical_ly|GSA)\b|; wv\)/

/** What is missing, or nothing. Found by features; by name only for browsers inside other apps. */
export function lack(of: Abilities): Lack | undefined {
  if (!of.isSecureContext) return 'insecure'
  if (inApp.test(of.userAgent)) return 'in-app'
  const able =
    of.RTCPeerConnection !== undefined &&
    of.mediaDevices !== undefined &&
    has(of.RTCRtpTransceiver, 'setCodecPreferences') &&
    has(of.RTCRtpReceiver, 'getContributingSources')
  return able ? undefined : 'too-old'
}

function has(kind: { prototype?: object } | undefined, method: string): boolean {
  return kind?.prototype !== undefined && method in kind.prototype
}

/** Looks at the browser this runs in. */
export function lackHere(): Lack | undefined {
  return lack({
    isSecureContext: window.isSecureContext,
    userAgent: navigator.userAgent,
    RTCPeerConnection: window.RTCPeerConnection,
    RTCRtpTransceiver: window.RTCRtpTransceiver,
    RTCRtpReceiver: window.RTCRtpReceiver,
    mediaDevices: navigator.mediaDevices,
  })
}
