import { describe, expect, it } from 'vitest'
import { Devices, faultOf, type MediaDevicesLike } from './devices'

class FakeTrack {
  enabled = true
  readyState: 'live' | 'ended' = 'live'
  contentHint = ''
  onended: (() => void) | null = null

  constructor(readonly kind: 'audio' | 'video') {}

  stop() {
    this.readyState = 'ended'
  }
}

const stream = (...tracks: FakeTrack[]) =>
  ({
    getTracks: () => tracks,
    getVideoTracks: () => tracks.filter((each) => each.kind === 'video'),
    getAudioTracks: () => tracks.filter((each) => each.kind === 'audio'),
  }) as unknown as MediaStream

function fakes(over: Partial<MediaDevicesLike> = {}) {
  const asked: MediaStreamConstraints[] = []
  const media: MediaDevicesLike = {
    getUserMedia: async (constraints = {}) => {
      asked.push(constraints)
      return stream(new FakeTrack(constraints.audio ? 'audio' : 'video'))
    },
    getDisplayMedia: async () => stream(new FakeTrack('video'), new FakeTrack('audio')),
    enumerateDevices: async () => [],
    addEventListener: () => undefined,
    ...over,
  }
  return { asked, devices: new Devices(media, () => undefined) }
}

const throws = (name: string) => async () => {
  throw new DOMException('', name)
}
/** A prompt or a picker that is still open. */
function pending() {
  let resolve: (stream: MediaStream) => void = () => undefined
  let reject: (error: Error) => void = () => undefined
  const promise = new Promise<MediaStream>((done, failed) => {
    resolve = done
    reject = failed
  })
  return { promise, resolve, reject }
}

const faked = (track: MediaStreamTrack | null) => track as unknown as FakeTrack

describe('devices', () => {
  it('opens nothing by itself', async () => {
    const { asked, devices } = fakes()
    await devices.list()
    expect(asked).toEqual([])
    expect(devices.state.microphone.on || devices.state.camera.on).toBe(false)
  })

  it('puts the camera out when it is switched off', async () => {
    const { devices } = fakes()
    await devices.toggle('camera')
    const track = faked(devices.state.camera.track)
    await devices.toggle('camera')
    expect(track.readyState).toBe('ended')
    expect(devices.state.camera).toMatchObject({ on: false, track: null })
  })

  it('mutes the microphone and brings the same back', async () => {
    const { asked, devices } = fakes()
    await devices.toggle('microphone')
    const track = faked(devices.state.microphone.track)
    await devices.toggle('microphone')
    expect(track.enabled).toBe(false)
    expect(devices.state.microphone.on).toBe(false)
    await devices.toggle('microphone')
    expect(track.enabled).toBe(true)
    expect(asked).toHaveLength(1)
  })

  it.each([
    ['NotAllowedError', 'denied'],
    ['NotFoundError', 'missing'],
    ['OverconstrainedError', 'missing'],
    ['NotReadableError', 'busy'],
    ['UnknownError', 'failed'],
  ] as const)('says what %s means', async (name, fault) => {
    const { devices } = fakes({ getUserMedia: throws(name) })
    await devices.toggle('camera')
    expect(devices.state.camera).toMatchObject({ on: false, busy: false, fault })
  })

  it('forgets a fault when it works', async () => {
    let works = false
    const { devices } = fakes({
      getUserMedia: async () => {
        if (!works) throw new DOMException('', 'NotReadableError')
        return stream(new FakeTrack('video'))
      },
    })
    await devices.toggle('camera')
    works = true
    await devices.toggle('camera')
    expect(devices.state.camera.on).toBe(true)
    expect(devices.state.camera.fault).toBeUndefined()
  })

  it('knows that a device was unplugged', async () => {
    const { devices } = fakes()
    await devices.toggle('camera')
    faked(devices.state.camera.track).onended?.()
    expect(devices.state.camera).toMatchObject({ on: false, track: null, fault: 'missing' })
  })

  it('uses the device that was chosen', async () => {
    const { asked, devices } = fakes()
    await devices.toggle('camera')
    await devices.choose('camera', 'second')
    expect(asked[1]).toMatchObject({ video: { deviceId: { exact: 'second' } } })
    expect(devices.state.camera.chosen).toBe('second')
  })

  it('keeps the device it has when the one chosen next cannot be had', async () => {
    let taken = false
    const { devices } = fakes({
      getUserMedia: async () => {
        if (taken) throw new DOMException('', 'NotReadableError')
        return stream(new FakeTrack('video'))
      },
    })
    await devices.choose('camera', 'first')
    await devices.toggle('camera')
    const { track } = devices.state.camera
    taken = true
    await devices.choose('camera', 'second')
    expect(devices.state.camera).toEqual({ on: true, track, busy: false, chosen: 'first', fault: 'busy' })
    expect(faked(track).readyState).toBe('live')
    devices.dismiss('camera')
    expect(devices.state.camera).toEqual({ on: true, track, busy: false, chosen: 'first' })
  })

  it('lets go what is allowed after the end', async () => {
    const late = new FakeTrack('video')
    const prompt = pending()
    const { devices } = fakes({ getUserMedia: () => prompt.promise })
    const switching = devices.toggle('camera')
    devices.stop()
    expect(devices.state.camera.busy).toBe(false)
    prompt.resolve(stream(late))
    await switching
    expect(late.readyState).toBe('ended')
    expect(devices.state.camera).toMatchObject({ on: false, track: null })
  })

  it('lets go what is picked after the end', async () => {
    const late = [new FakeTrack('video'), new FakeTrack('audio')]
    const picker = pending()
    const { devices } = fakes({ getDisplayMedia: () => picker.promise })
    const sharing = devices.share()
    devices.stop()
    picker.resolve(stream(...late))
    await sharing
    expect(late.map((each) => each.readyState)).toEqual(['ended', 'ended'])
    expect(devices.state.screen).toMatchObject({ on: false, track: null, busy: false })
    expect(devices.state.screenSound).toBeNull()
  })

  it('tells no fault of a prompt that was refused after the end', async () => {
    const prompt = pending()
    const { devices } = fakes({ getUserMedia: () => prompt.promise, getDisplayMedia: () => prompt.promise })
    const asked = [devices.toggle('microphone'), devices.share()]
    devices.stop()
    prompt.reject(new DOMException('', 'NotReadableError'))
    await Promise.all(asked)
    expect(devices.state.microphone.fault ?? devices.state.screen.fault).toBeUndefined()
  })

  it('uses the device chosen last when both prompts are open', async () => {
    const prompts = [pending(), pending()]
    let asked = 0
    const { devices } = fakes({ getUserMedia: () => (prompts[asked++] ?? pending()).promise })
    const tracks = [new FakeTrack('video'), new FakeTrack('video')] as const
    const first = devices.switchOn('camera')
    const second = devices.switchOn('camera')
    prompts[1]?.resolve(stream(tracks[1]))
    await second
    prompts[0]?.resolve(stream(tracks[0]))
    await first
    expect(devices.state.camera.track).toBe(tracks[1])
    expect(tracks[0].readyState).toBe('ended')
  })

  it('works without any, for those who only listen', async () => {
    const devices = new Devices(undefined, () => undefined)
    await devices.list()
    await devices.toggle('microphone')
    expect(devices.state.microphone.fault).toBe('unsupported')
  })

  it('shares a screen with its sound until the browser says stop', async () => {
    const { devices } = fakes()
    await devices.share()
    expect(devices.state.screen.on).toBe(true)
    expect(devices.state.screenSound).not.toBeNull()
    const sound = faked(devices.state.screenSound)
    faked(devices.state.screen.track).onended?.()
    expect(devices.state.screen).toMatchObject({ on: false, track: null })
    expect(devices.state.screenSound).toBeNull()
    expect(sound.readyState).toBe('ended')
  })

  it('takes a closed picker for a choice and anything else for a fault', async () => {
    const closed = fakes({ getDisplayMedia: throws('NotAllowedError') }).devices
    await closed.share()
    expect(closed.state.screen).toEqual({ on: false, track: null, busy: false, chosen: '' })
    const broken = fakes({ getDisplayMedia: throws('NotReadableError') }).devices
    await broken.share()
    expect(broken.state.screen.fault).toBe('busy')
  })

  it('lets everything go at the end', async () => {
    const { devices } = fakes()
    await devices.toggle('camera')
    await devices.toggle('microphone')
    await devices.share()
    const { camera, microphone, screen } = devices.state
    devices.stop()
    for (const each of [camera, microphone, screen]) expect(faked(each.track).readyState).toBe('ended')
    expect(devices.state.microphone.track).toBeNull()
  })
})

describe('a fault', () => {
  it('of an unknown kind is still one', () => {
    expect(faultOf('text')).toBe('failed')
    expect(faultOf(new TypeError('x'))).toBe('unsupported')
  })
})
