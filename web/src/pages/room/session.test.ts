import { describe, expect, it } from 'vitest'
import type { Event } from '../../core/event'
import { lobby, place, ready, second, view } from '../../core/fixture'
import type { FromGateway, Offer, SourceFlags, ToGateway, ToWorker } from '../../proto/message'
import { Devices, type MediaDevicesLike } from '../../rtc/devices'
import type { Opening, Peer, PeerListener } from '../../rtc/peer'
import { Session, type Snapshot, type World } from './session'

const later = () => new Promise<void>((done) => setTimeout(done, 0))

class FakePeer implements Peer {
  readonly told: ToWorker[] = []
  readonly openings: Opening[] = []
  readonly changes: object[] = []
  readonly tracks = new Map<string, unknown>()
  accepted = 0
  rolledBack = 0
  closed = false
  connection = ''
  refuses = false

  constructor(readonly listener: PeerListener) {}

  async offer({ connection }: { connection: string }, opening: Opening): Promise<Offer> {
    this.connection = connection
    return this.describe(opening)
  }
  async offerAgain(opening: Opening, change: object): Promise<Offer> {
    this.changes.push(change)
    return this.describe(opening)
  }
  async accept(): Promise<void> {
    this.accepted++
  }
  async rollBack(): Promise<void> {
    this.rolledBack++
  }
  async put(name: string, track: unknown): Promise<void> {
    this.tracks.set(name, track)
  }
  tell(message: ToWorker): void {
    this.told.push(message)
  }
  slots() {
    return []
  }
  close(): void {
    this.closed = true
  }

  private describe(opening: Opening): Offer {
    if (this.refuses) throw new Error('no offer')
    this.openings.push(opening)
    const { connection } = this
    return {
      type: 'offer',
      connection,
      sdp: 'v=0',
      sender: {},
      slots: [],
      wishes: [...opening.wishes],
      sources: opening.sources,
    }
  }
}

const track = (kind: string) => ({ kind, enabled: true, readyState: 'live', stop: () => undefined })

const cameras: MediaDevicesLike = {
  getUserMedia: async (wanted = {}) =>
    ({ getTracks: () => [track(wanted.audio ? 'audio' : 'video')] }) as unknown as MediaStream,
  getDisplayMedia: async () => ({}) as MediaStream,
  enumerateDevices: async () => [],
  addEventListener: () => undefined,
}

function tab(): Storage {
  const map = new Map<string, string>()
  return {
    getItem: (key: string) => map.get(key) ?? null,
    setItem: (key: string, value: string) => map.set(key, value),
    removeItem: (key: string) => map.delete(key),
  } as unknown as Storage
}

function rig(storage = tab(), clock = { now: 0 }, media = cameras) {
  const sent: ToGateway[] = []
  const peers: FakePeer[] = []
  const timers: { run: () => void; ms: number }[] = []
  const lines: string[] = []
  let hide: (forGood: boolean) => void = () => undefined
  let listen: (event: Event) => void = () => undefined
  let shown: Snapshot | undefined
  const world: World = {
    line: (heard) => {
      listen = heard
      return {
        connect: () => lines.push('connect'),
        disconnect: () => lines.push('disconnect'),
        send: (message) => sent.push(message),
      }
    },
    preparePeer: (listener) => {
      const peer = new FakePeer(listener)
      peers.push(peer)
      return peer
    },
    devices: (changed) => new Devices(media, changed),
    storage,
    later: (run, ms) => {
      const timer = { run, ms }
      timers.push(timer)
      return () => timers.splice(timers.indexOf(timer), timers.includes(timer) ? 1 : 0)
    },
    now: () => clock.now,
    tell: () => undefined,
    hiding: (run) => {
      hide = run
    },
    guessHeight: () => 300,
  }
  const session = new Session('rat', 'secret', world, (snapshot) => {
    shown = snapshot
  })
  session.open()
  const say = (message: FromGateway) => listen({ type: 'gateway', message })
  return {
    session,
    sent,
    peers,
    timers,
    lines,
    storage,
    clock,
    hide: (forGood: boolean) => hide(forGood),
    say,
    line: (type: 'line-open' | 'line-away') => listen({ type }),
    peer: () => peers.at(-1) as FakePeer,
    phase: () => shown?.state.phase,
    fire: (ms: number) => {
      const due = timers.filter((each) => each.ms === ms)
      for (const each of due) timers.splice(timers.indexOf(each), 1)
      for (const each of due) each.run()
    },
    ofType: (type: ToGateway['type']) => sent.filter((each) => each.type === type),
  }
}

type Rig = ReturnType<typeof rig>

async function call(r: Rig): Promise<void> {
  r.line('line-open')
  r.say(view)
  r.session.happen({ type: 'enter', name: 'Anna' })
  r.say(place)
  r.say(lobby)
  r.say(ready)
  await later()
  r.say({ type: 'answer', connection: ready.connection, sdp: 'v=0', slots: [] })
  r.peer().listener.flow('flowing')
}

const crowd = (count: number): FromGateway => ({
  type: 'roster',
  people: Array.from({ length: count }, (_, at) => ({
    participant: at + 20,
    name: `P${at}`,
    role: 'guest' as const,
  })),
})

describe('a session', () => {
  it('prepares its connection before anybody enters, and sends nothing but a look', async () => {
    const r = rig()
    r.line('line-open')
    r.say(view)
    await later()
    expect(r.peers).toHaveLength(1)
    expect(r.sent.map((each) => each.type)).toEqual(['look'])
  })

  it('goes through the lobby into the call', async () => {
    const r = rig()
    await call(r)
    expect(r.sent.map((each) => each.type)).toEqual(['look', 'enter', 'offer'])
    expect(r.peer().accepted).toBe(1)
    expect(r.phase()).toMatchObject({ kind: 'call', call: { flow: 'flowing' } })
  })

  it('says in the offer what it would like to see', async () => {
    const r = rig()
    r.line('line-open')
    r.say(view)
    r.session.happen({ type: 'enter', name: 'Anna' })
    r.say(place)
    r.say(crowd(2))
    r.say(ready)
    await later()
    const [offer] = r.ofType('offer') as Offer[]
    expect(offer?.wishes.map((each) => [each.participant, each.max_height])).toEqual([
      [20, 300],
      [21, 300],
    ])
  })

  it('tells its wishes when the layout has come to rest, and only when they differ', async () => {
    const r = rig()
    await call(r)
    r.say(crowd(1))
    r.fire(150)
    r.session.layout(new Map([['20/camera', 480]]))
    r.fire(150)
    r.session.layout(new Map([['20/camera', 480]]))
    r.fire(150)
    const wishes = r.peer().told.filter((each) => each.type === 'wishes')
    expect(wishes.map((each) => each.wishes.map((wish) => wish.max_height))).toEqual([[300], [480]])
  })

  it('sends what is switched on, and says so', async () => {
    const r = rig()
    await call(r)
    await r.session.devices.toggle('camera')
    expect(r.peer().tracks.get('camera')).toMatchObject({ kind: 'video' })
    const told = r.peer().told.filter((each) => each.type === 'sources') as SourceFlags[]
    expect(told.at(-1)).toMatchObject({ camera: true, microphone: false })
    await r.session.devices.toggle('camera')
    expect(r.peer().tracks.get('camera')).toBeNull()
  })

  it('takes what is on along to the next connection', async () => {
    const r = rig()
    await call(r)
    await r.session.devices.toggle('microphone')
    const [first] = r.peers
    r.say({ type: 'lost', connection: ready.connection, reason: 'machine_lost' })
    expect(first?.closed).toBe(true)
    expect(r.peers).toHaveLength(2)
    expect(r.peer().tracks.get('microphone')).toMatchObject({ kind: 'audio' })
    r.say(second)
    await later()
    expect((r.ofType('offer') as Offer[]).at(-1)).toMatchObject({
      connection: second.connection,
      sources: { microphone: true },
    })
  })

  it('does not listen to a connection that was given up', async () => {
    const r = rig()
    await call(r)
    const [first] = r.peers
    r.say({ type: 'lost', connection: ready.connection, reason: 'machine_lost' })
    first?.listener.flow('failed')
    expect(r.phase()).toMatchObject({ kind: 'lobby', lost: 'machine_lost' })
  })

  it('offers the path anew when it broke', async () => {
    const r = rig()
    await call(r)
    r.peer().listener.flow('failed')
    await later()
    expect(r.peer().changes).toEqual([{ restart: true }])
    expect(r.ofType('offer')).toHaveLength(2)
  })

  it('asks for more places once when a crowd has come in, and not again when refused', async () => {
    const r = rig()
    await call(r)
    r.say(crowd(12))
    r.say(crowd(14))
    r.fire(1000)
    await later()
    expect(r.peer().changes).toEqual([{ pairs: 14 }])
    r.say({ type: 'fault', code: 'bad_offer', re: 'offer' })
    expect(r.peer().rolledBack).toBe(1)
    r.say(crowd(20))
    r.fire(1000)
    expect(r.peer().changes).toHaveLength(1)
    expect(r.phase()?.kind).toBe('call')
  })

  it('asks for more places again on the next line when the offer did not arrive', async () => {
    const r = rig()
    await call(r)
    r.say(crowd(12))
    r.fire(1000)
    await later()
    r.say({ type: 'fault', code: 'unavailable', re: 'offer' })
    r.say(crowd(13))
    r.fire(1000)
    expect(r.peer().changes).toEqual([{ pairs: 12 }])
    r.line('line-away')
    r.line('line-open')
    r.say(view)
    r.fire(1000)
    await later()
    expect(r.peer().changes).toEqual([{ pairs: 12 }, { pairs: 13 }])
    r.say({ type: 'answer', connection: ready.connection, sdp: 'v=0', slots: [] })
    r.say(crowd(13))
    r.fire(1000)
    expect(r.peer().changes).toHaveLength(2)
  })

  it('asks for no more places once the call it was for is interrupted or gone', async () => {
    const r = rig()
    await call(r)
    r.say(crowd(12))
    r.peer().listener.flow('interrupted')
    r.fire(1000)
    r.peer().listener.flow('flowing')
    r.line('line-away')
    r.fire(1000)
    expect(r.peer().changes).toEqual([])
    r.line('line-open')
    r.say(view)
    r.say({ type: 'lost', connection: ready.connection, reason: 'machine_lost' })
    expect(r.timers.filter((each) => each.ms === 1000)).toEqual([])
  })

  it('tells in the call what goes wrong there, not what one knew when entering', async () => {
    const denied = async () => {
      throw new DOMException('', 'NotAllowedError')
    }
    const r = rig(tab(), { now: 0 }, { ...cameras, getUserMedia: denied })
    await r.session.devices.toggle('camera')
    expect(r.session.snapshot().devices.camera.fault).toBe('denied')
    await call(r)
    expect(r.session.snapshot().devices.camera.fault).toBeUndefined()
    await r.session.devices.toggle('microphone')
    expect(r.session.snapshot().devices.microphone.fault).toBe('denied')
  })

  it('does not trust a line that is silent about a waking machine', async () => {
    const r = rig()
    r.line('line-open')
    r.say(view)
    r.session.happen({ type: 'enter', name: 'Anna' })
    r.say(place)
    expect(r.timers.map((each) => each.ms)).not.toContain(15_000)
    r.say(lobby)
    r.say(lobby)
    expect(r.timers.filter((each) => each.ms === 15_000)).toHaveLength(1)
    r.fire(15_000)
    expect(r.lines).toEqual(['connect', 'connect'])
  })

  it('trusts a silent line when no machine wakes', async () => {
    const r = rig()
    await call(r)
    r.fire(15_000)
    const knocking = rig()
    knocking.line('line-open')
    knocking.say(view)
    knocking.session.happen({ type: 'enter', name: 'Anna' })
    knocking.say(place)
    knocking.say({ ...lobby, machine: 'ready' })
    knocking.fire(15_000)
    expect([r.lines, knocking.lines]).toEqual([['connect'], ['connect']])
  })

  it('tries again when no offer can be made', async () => {
    const r = rig()
    r.peer().refuses = true
    r.line('line-open')
    r.say(view)
    r.session.happen({ type: 'enter', name: 'Anna' })
    r.say(place)
    r.say(ready)
    await later()
    expect(r.timers.map((each) => each.ms)).toContain(2000)
    r.fire(2000)
    expect(r.lines).toEqual(['connect', 'connect'])
  })

  it('finds its place again after a reload, with the devices as they were', async () => {
    const before = rig()
    await call(before)
    await before.session.devices.toggle('microphone')
    const r = rig(before.storage)
    await later()
    r.line('line-open')
    r.say(view)
    expect(r.sent[0]).toMatchObject({ type: 'look', resume: 'token' })
    expect(r.ofType('enter')).toEqual([{ type: 'enter', name: 'Anna' }])
    expect(r.session.snapshot().devices.microphone.on).toBe(true)
    expect(r.session.snapshot().devices.camera.on).toBe(false)
  })

  it('shows the door when it is loaded long after, and switches nothing on', async () => {
    const before = rig()
    await call(before)
    await before.session.devices.toggle('camera')
    const r = rig(before.storage, { now: 90_000 })
    await later()
    r.line('line-open')
    r.say(view)
    r.say(place)
    expect(r.sent).toMatchObject([{ type: 'look', resume: 'token' }])
    expect(r.phase()?.kind).toBe('door')
    expect(r.session.snapshot().state.name).toBe('Anna')
    expect(r.session.snapshot().devices.camera.on).toBe(false)
  })

  it('keeps what a reload needs fresh as long as it is inside, and when the page goes', async () => {
    const before = rig()
    await call(before)
    before.clock.now = 300_000
    before.fire(10_000)
    expect(rig(before.storage, { now: 330_000 }).session.snapshot().state.entered).toBe(true)
    before.clock.now = 600_000
    before.hide(false)
    expect(before.peer().closed).toBe(false)
    expect(rig(before.storage, { now: 630_000 }).session.snapshot().state.entered).toBe(true)
  })

  it('keeps nothing fresh in a tab that another one has replaced', async () => {
    const before = rig()
    await call(before)
    before.say({ type: 'replaced' })
    before.clock.now = 300_000
    before.fire(10_000)
    before.hide(true)
    expect(rig(before.storage, { now: 300_000 }).session.snapshot().state.entered).toBe(false)
  })

  it('goes on after a sleep, for the page stayed loaded', async () => {
    const r = rig()
    await call(r)
    r.clock.now = 36_000_000
    r.line('line-away')
    r.line('line-open')
    r.say(view)
    expect(r.ofType('enter')).toHaveLength(2)
  })

  it('hangs up when the page goes for good, and keeps the place', async () => {
    const r = rig()
    await call(r)
    r.hide(true)
    expect(r.peer().closed).toBe(true)
    expect(r.ofType('leave')).toEqual([])
    expect(r.storage.getItem('weckruf.room.rat')).not.toBeNull()
  })

  it('leaves nothing behind', async () => {
    const r = rig()
    await call(r)
    await r.session.devices.toggle('camera')
    const live = r.peer()
    r.session.happen({ type: 'leave' })
    expect(r.sent.at(-1)).toEqual({ type: 'leave' })
    expect(live.closed).toBe(true)
    expect(r.session.snapshot().devices.camera).toMatchObject({ on: false, track: null })
    expect(r.lines.at(-1)).toBe('disconnect')
    expect(r.storage.getItem('weckruf.room.rat')).toBeNull()
  })

  it('does not ask without pause when the own clock is ahead', () => {
    const r = rig(tab(), { now: 120_000 })
    r.line('line-open')
    r.say({ type: 'refusal', code: 'too_early', opens_at: new Date(60_000).toISOString() })
    expect(r.timers.map((each) => each.ms)).toEqual([5000])
  })

  it('looks again when the room opens', () => {
    const r = rig()
    r.line('line-open')
    r.say({ type: 'refusal', code: 'too_early', opens_at: new Date(60_000).toISOString() })
    expect(r.timers.map((each) => each.ms)).toEqual([60_500])
    r.fire(60_500)
    r.line('line-open')
    expect(r.ofType('look')).toHaveLength(2)
  })
})
