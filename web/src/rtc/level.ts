/** What the microphone's level says: nothing yet, too little, or a voice. */
export type Verdict = 'silent' | 'heard'

/** Below this (dB below full scale) it is a quiet room, from here on a voice. */
const voice = -45
const floor = -60
/** How long a verdict stands after the last word (ms). */
const memory = 6000

/** The share of the level bar for a loudness (root mean square, 0 to 1). */
export function share(rms: number): number {
  const decibel = rms > 0 ? 20 * Math.log10(rms) : floor
  return Math.max(0, Math.min(1, (decibel - floor) / -floor))
}

/** Judges a microphone by what was heard lately. */
export class Ear {
  private heardAt = Number.NEGATIVE_INFINITY

  hear(rms: number, now: number): Verdict {
    if (rms > 0 && 20 * Math.log10(rms) >= voice) this.heardAt = now
    return now - this.heardAt < memory ? 'heard' : 'silent'
  }
}

/** Measures a track: root mean square of the last 20 to 50 ms, 0 to 1. */
export class Meter {
  private readonly context = new AudioContext()
  private readonly analyser = this.context.createAnalyser()
  private readonly samples: Float32Array<ArrayBuffer>

  constructor(track: MediaStreamTrack) {
    this.analyser.fftSize = 2048
    this.samples = new Float32Array(this.analyser.fftSize)
    this.context.createMediaStreamSource(new MediaStream([track])).connect(this.analyser)
    void this.context.resume()
  }

  read(): number {
    this.analyser.getFloatTimeDomainData(this.samples)
    const sum = this.samples.reduce((total, each) => total + each * each, 0)
    return Math.sqrt(sum / this.samples.length)
  }

  close(): void {
    void this.context.close()
  }
}
