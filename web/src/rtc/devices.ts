/** Why a camera, a microphone or a screen could not be had. */
export type DeviceFault = 'denied' | 'missing' | 'busy' | 'unsupported' | 'failed'

/** What getUserMedia and getDisplayMedia throw, in words of our own. */
export function faultOf(error: unknown): DeviceFault {
  switch (error instanceof Error || error instanceof DOMException ? error.name : '') {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'denied'
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'missing'
    case 'NotReadableError':
    case 'AbortError':
      return 'busy'
    case 'TypeError':
      return 'unsupported'
    default:
      return 'failed'
  }
}

/** One thing that can be switched on: its track while it is on, and what went wrong when it could not be. */
export interface Device {
  readonly on: boolean
  readonly track: MediaStreamTrack | null
  readonly busy: boolean
  readonly fault?: DeviceFault
  /** The device chosen by hand, empty for the browser's own choice. */
  readonly chosen: string
}

export type DeviceName = 'microphone' | 'camera'

export interface DeviceState {
  readonly microphone: Device
  readonly camera: Device
  readonly screen: Device
  readonly screenSound: MediaStreamTrack | null
  readonly microphones: readonly MediaDeviceInfo[]
  readonly cameras: readonly MediaDeviceInfo[]
}

const off: Device = { on: false, track: null, busy: false, chosen: '' }

/** The part of navigator.mediaDevices that is used. */
export type MediaDevicesLike = Pick<
  MediaDevices,
  'getUserMedia' | 'getDisplayMedia' | 'enumerateDevices' | 'addEventListener'
>

/**
 * Camera, microphone and screen. Nothing is opened unless somebody switches it on. The camera's light goes
 * out when it is switched off; a microphone that was on stays open and muted, so that it comes back at once.
 */
export class Devices {
  state: DeviceState = {
    microphone: off,
    camera: off,
    screen: off,
    screenSound: null,
    microphones: [],
    cameras: [],
  }

  // Counts what was asked for, so that what a prompt or a picker brings too late is let go.
  private readonly turns = { microphone: 0, camera: 0, screen: 0 }

  constructor(
    private readonly media: MediaDevicesLike | undefined,
    private readonly changed: (state: DeviceState) => void,
  ) {
    media?.addEventListener('devicechange', () => void this.list())
  }

  async toggle(name: DeviceName): Promise<void> {
    if (this.state[name].busy) return
    await (this.state[name].on ? this.switchOff(name) : this.switchOn(name))
  }

  async switchOn(name: DeviceName): Promise<void> {
    const kept = this.state[name].track
    if (name === 'microphone' && kept?.readyState === 'live') {
      kept.enabled = true
      this.set(name, { on: true })
      return
    }
    await this.open(name, this.state[name].chosen)
  }

  async choose(name: DeviceName, id: string): Promise<void> {
    if (!this.state[name].on) {
      this.drop(name)
      this.set(name, { chosen: id, track: null })
    } else await this.open(name, id)
  }

  /** Takes note that somebody has read what went wrong. */
  dismiss(name: DeviceName): void {
    if (this.state[name].fault) this.set(name, {})
  }

  async share(): Promise<void> {
    if (this.state.screen.busy) return
    const turn = ++this.turns.screen
    this.set('screen', { busy: true })
    try {
      if (!this.media?.getDisplayMedia) throw new TypeError('no screen')
      const stream = await this.media.getDisplayMedia({ video: { frameRate: { max: 15 } }, audio: true })
      if (turn === this.turns.screen) this.shared(stream)
      else release(stream)
    } catch (error) {
      if (turn !== this.turns.screen) return
      // Closing the browser's picker is a choice, not a fault.
      const fault = faultOf(error)
      this.set('screen', fault === 'denied' ? { busy: false } : { busy: false, fault })
    }
  }

  stopSharing(): void {
    this.turns.screen++
    this.state.screen.track?.stop()
    this.state.screenSound?.stop()
    this.state = { ...this.state, screenSound: null }
    this.set('screen', off)
  }

  /** Lets everything go, and whatever somebody is just being asked for. */
  stop(): void {
    this.stopSharing()
    for (const name of ['microphone', 'camera'] as const) {
      this.turns[name]++
      this.drop(name)
      this.set(name, { on: false, track: null, busy: false })
    }
  }

  /** Which devices there are. Their names are known once one of them was allowed. */
  async list(): Promise<void> {
    const all = (await this.media?.enumerateDevices().catch(() => [])) ?? []
    const known = all.filter((each) => each.deviceId !== '')
    this.state = {
      ...this.state,
      microphones: known.filter((each) => each.kind === 'audioinput'),
      cameras: known.filter((each) => each.kind === 'videoinput'),
    }
    this.changed(this.state)
  }

  private async open(name: DeviceName, chosen: string): Promise<void> {
    const before = this.state[name].chosen
    const turn = ++this.turns[name]
    this.set(name, { busy: true, chosen })
    try {
      if (!this.media?.getUserMedia) throw new TypeError('no devices')
      const stream = await this.media.getUserMedia(constraints(name, chosen))
      if (turn !== this.turns[name]) {
        release(stream)
        return
      }
      this.drop(name)
      this.opened(name, stream, chosen)
      await this.list()
    } catch (error) {
      if (turn === this.turns[name]) this.failed(name, before, faultOf(error))
    }
  }

  // A second device that cannot be had does not take the first away.
  private failed(name: DeviceName, chosen: string, fault: DeviceFault): void {
    const { on, track } = this.state[name]
    if (on && track?.readyState === 'live') {
      this.set(name, { busy: false, chosen, fault })
      return
    }
    this.drop(name)
    this.set(name, { ...off, fault })
  }

  private opened(name: DeviceName, stream: MediaStream, chosen: string): void {
    const track = stream.getTracks()[0] ?? null
    if (track) {
      track.contentHint = name === 'camera' ? 'motion' : 'speech'
      track.onended = () => this.vanished(name, track)
    }
    this.state = { ...this.state, [name]: { on: true, track, busy: false, chosen } }
    this.changed(this.state)
  }

  // Unplugged, or permission taken back while it was on.
  private vanished(name: DeviceName, track: MediaStreamTrack): void {
    if (this.state[name].track === track) this.set(name, { ...off, fault: 'missing' })
  }

  private shared(stream: MediaStream): void {
    const track = stream.getVideoTracks()[0] ?? null
    const sound = stream.getAudioTracks()[0] ?? null
    if (!track) {
      this.set('screen', { busy: false, fault: 'failed' })
      return
    }
    track.contentHint = 'detail'
    // The browser's own "stop sharing".
    track.onended = () => this.stopSharing()
    if (sound) sound.contentHint = 'music'
    this.state = { ...this.state, screenSound: sound, screen: { on: true, track, busy: false, chosen: '' } }
    this.changed(this.state)
  }

  private async switchOff(name: DeviceName): Promise<void> {
    const { track } = this.state[name]
    if (name === 'microphone' && track) {
      track.enabled = false
      this.set(name, { on: false })
      return
    }
    this.drop(name)
    this.set(name, { on: false, track: null })
  }

  private drop(name: DeviceName): void {
    const { track } = this.state[name]
    if (!track) return
    track.onended = null
    track.stop()
  }

  private set(name: DeviceName | 'screen', change: Partial<Device>): void {
    const { fault: _, ...before } = this.state[name]
    this.state = { ...this.state, [name]: { ...before, ...change } }
    this.changed(this.state)
  }
}

function release(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop()
}

function constraints(name: DeviceName, chosen: string): MediaStreamConstraints {
  const deviceId = chosen ? { deviceId: { exact: chosen } } : {}
  if (name === 'microphone')
    return { audio: { ...deviceId, echoCancellation: true, noiseSuppression: true, autoGainControl: true } }
  // 720p lets browsers send all three sizes.
  return {
    video: {
      ...deviceId,
      width: { ideal: 1280 },
      height: { ideal: 720 },
      frameRate: { ideal: 24, max: 30 },
    },
  }
}
