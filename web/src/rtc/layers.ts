// The sizes in which the camera's picture is sent at the same time (simulcast).

/** Layer names, the smallest first; the worker picks one for each receiver. */
const rids = ['q', 'h', 'f'] as const

/** At most so many bit/s for each layer. */
const bitrates = { q: 150_000, h: 500_000, f: 1_700_000 }

/** All three layers, as they are offered before the camera is known. */
export const layers: readonly RTCRtpEncodingParameters[] = sized(720)

/**
 * The layers of a picture of this height (in pixels). Chromium sends only as many as it finds worth
 * while, two below 540 lines and one below 270, and takes the first ones: these have to be the whole
 * picture and its half then, or a small camera would be sent at a quarter of what it can.
 */
export function sized(height: number): RTCRtpEncodingParameters[] {
  const used = height >= 540 ? 3 : height >= 270 ? 2 : 1
  return rids.map((rid, n) => ({
    rid,
    active: n < used,
    scaleResolutionDownBy: n < used ? 2 ** (used - 1 - n) : 1,
    maxBitrate: bitrates[rids[n + 3 - used] ?? 'f'],
  }))
}

/** Fits a sender's layers to its new track. */
export async function fit(sender: RTCRtpSender, track: MediaStreamTrack): Promise<void> {
  const height = track.getSettings().height
  const parameters = sender.getParameters()
  if (height === undefined || parameters.encodings.length !== rids.length) return
  const wanted = new Map(sized(height).map((each) => [each.rid, each]))
  parameters.encodings = parameters.encodings.map((each) => ({ ...each, ...wanted.get(each.rid) }))
  await sender.setParameters(parameters)
}
