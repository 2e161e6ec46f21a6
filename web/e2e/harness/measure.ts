import type { Locator, Page } from 'playwright-core'
import type { ColourName } from './media'

declare global {
  interface Window {
    readonly seenConnections: RTCPeerConnection[]
    ears?: { context: AudioContext; analysers: Map<string, AnalyserNode> }
  }
}

/** One stream that the page receives, as the browser counts it. */
export interface Received {
  kind: string
  mid: string
  packets: number
  framesDecoded: number
  width: number
  height: number
}

/** What arrives on all connections of the page that are open. */
export async function received(page: Page): Promise<Received[]> {
  return await page.evaluate(async () => {
    const found: Received[] = []
    for (const connection of window.seenConnections.filter((c) => c.connectionState === 'connected')) {
      for (const report of (await connection.getStats()).values()) {
        if (report.type !== 'inbound-rtp') continue
        found.push({
          kind: report.kind,
          mid: report.mid,
          packets: report.packetsReceived ?? 0,
          framesDecoded: report.framesDecoded ?? 0,
          width: report.frameWidth ?? 0,
          height: report.frameHeight ?? 0,
        })
      }
    }
    return found
  })
}

/** How many video streams with a picture arrive. */
export async function pictures(page: Page): Promise<number> {
  return (await received(page)).filter(
    (r) => r.kind === 'video' && r.framesDecoded > 0 && r.width > 0 && r.height > 0,
  ).length
}

/** All frames decoded so far. */
export async function framesDecoded(page: Page): Promise<number> {
  return (await received(page)).reduce((sum, r) => sum + r.framesDecoded, 0)
}

/** The colour that a tile's video shows now. */
export async function colourOf(tile: Locator): Promise<ColourName | 'none'> {
  return await tile.locator('video').evaluate((element) => {
    const video = element as HTMLVideoElement
    const canvas = document.createElement('canvas')
    ;[canvas.width, canvas.height] = [1, 1]
    const context = canvas.getContext('2d')
    if (!context || video.videoWidth === 0) return 'none'
    context.drawImage(video, video.videoWidth / 2 - 8, video.videoHeight / 2 - 8, 16, 16, 0, 0, 1, 1)
    const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data
    const strongest = Math.max(red, green, blue)
    if (strongest < 80) return 'none'
    return strongest === red ? 'red' : strongest === green ? 'green' : 'blue'
  })
}

/** The loudest frequency in hertz of each received sound that is not silent. */
export async function tones(page: Page): Promise<number[]> {
  return await page.evaluate(async () => {
    window.ears ??= { context: new AudioContext(), analysers: new Map() }
    const ears = window.ears
    await ears.context.resume()
    const live = window.seenConnections.filter((c) => c.connectionState === 'connected')
    const tracks = live.flatMap((c) => c.getReceivers().map((r) => r.track)).filter((t) => t.kind === 'audio')
    for (const track of tracks.filter((t) => !ears.analysers.has(t.id))) {
      const analyser = ears.context.createAnalyser()
      analyser.fftSize = 8192
      analyser.smoothingTimeConstant = 0
      ears.context.createMediaStreamSource(new MediaStream([track])).connect(analyser)
      ears.analysers.set(track.id, analyser)
    }
    const found: number[] = []
    for (const track of tracks) {
      const analyser = ears.analysers.get(track.id)
      if (!analyser) continue
      const levels = new Float32Array(analyser.frequencyBinCount)
      analyser.getFloatFrequencyData(levels)
      const loudest = levels.reduce((best, level, i) => (level > (levels[best] ?? -Infinity) ? i : best), 0)
      if ((levels[loudest] ?? -Infinity) > -60)
        found.push((loudest * ears.context.sampleRate) / analyser.fftSize)
    }
    return found
  })
}

/** Whether one of the tones is near the wanted one. */
export function hears(found: number[], hertz: number): boolean {
  return found.some((f) => Math.abs(f - hertz) < 25)
}
