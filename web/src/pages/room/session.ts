import type { Effect, Event, News } from '../../core/event'
import { reduce } from '../../core/reduce'
import { connectionOf, initial, type State } from '../../core/state'
import { type Stage, stage, type Tile, wishes } from '../../core/tiles'
import type { FromWorker, MachineState, Offer, SourceFlags, Wish } from '../../proto/message'
import type { DeviceState, Devices } from '../../rtc/devices'
import type { Opening, Peer, PreparePeer, SlotMedia } from '../../rtc/peer'
import { firstPairs, maxPairs } from '../../rtc/plan'
import { forget, keep, recall } from '../../signal/kept'
import type { Line } from '../../signal/line'

/** Everything that reaches outside of the page. */
export interface World {
  readonly line: (listen: (event: Event) => void) => Line
  readonly preparePeer: PreparePeer
  readonly devices: (changed: (state: DeviceState) => void) => Devices
  readonly storage: Storage | undefined
  /** Runs a function after so many milliseconds; the result cancels it. */
  readonly later: (run: () => void, ms: number) => () => void
  readonly now: () => number
  readonly tell: (news: News) => void
  /** Runs a function when the page goes: for good, or to be kept as it is and perhaps shown again. */
  readonly hiding: (run: (forGood: boolean) => void) => void
  /** Height of a tile that has not been laid out yet, in physical pixels. */
  readonly guessHeight: () => number
}

/** What the elements draw. */
export interface Snapshot {
  readonly state: State
  readonly stage: Stage
  readonly devices: DeviceState
  readonly slots: readonly SlotMedia[]
  /** When the gateway last spoke of the lobby (ms on the world's clock). */
  readonly lobbyAt: number
}

type Acts = { readonly [K in Effect['kind']]: (effect: Extract<Effect, { kind: K }>) => void }

const wishPause = 150 // ms: a window that is being resized asks once
const soonest = 5000 // ms: a visitor's clock that is ahead must not make the page ask without pause
const lobbyLimit = 15_000 // ms: the gateway speaks of a waking machine every 5 s at least
const keepPause = 10_000 // ms: how old what is kept may get while the page is open
const growPause = 1000 // ms: a crowd that comes in asks once

/** Runs the pure course of things: feeds it with what happens and does what it asks for. */
export class Session {
  readonly devices: Devices
  private state: State
  private peer: Peer
  private pairs = firstPairs
  /** How many the offer asks for that was not answered yet, 0 for none. */
  private asked = 0
  /** An offer for more came to nothing: not again on this line. */
  private declined = false
  private lobbyAt = 0
  private readonly line: Line
  private readonly heights = new Map<string, number>()
  private cancelRetry: (() => void) | undefined
  private cancelWish: (() => void) | undefined
  private cancelSilence: (() => void) | undefined
  private cancelKeep: (() => void) | undefined
  private restoring = false
  private cancelGrow: (() => void) | undefined
  private wished = ''
  private silent = false

  private readonly acts: Acts = {
    send: ({ message }) => this.line.send(message),
    connect: () => this.reconnect(),
    disconnect: () => {
      this.cancelRetry?.()
      this.line.disconnect()
    },
    'connect-later': (effect) => this.connectLater(effect),
    keep: () => this.keep(),
    forget: () => forget(this.world.storage, this.state.room),
    'tell-news': ({ news }) => this.world.tell(news),
    'stop-devices': () => this.stopDevices(),
    offer: ({ ready }) => this.offered(ready.connection, this.peer.offer(ready, this.opening())),
    'offer-again': ({ connection }) =>
      this.offered(connection, this.peer.offerAgain(this.opening(), { restart: true })),
    accept: ({ answer }) => {
      this.pairs = Math.max(this.pairs, this.asked)
      this.asked = 0
      this.failing(answer.connection, this.peer.accept(answer))
    },
    'roll-back': ({ unwanted }) => {
      if (unwanted) this.pairs = maxPairs // the worker does not want more: not again on this connection
      this.asked = 0
      this.declined = true
      this.failing(connectionOf(this.state) ?? '', this.peer.rollBack())
    },
    'hang-up': () => this.hangUp(),
    'tell-sources': () => this.peer.tell({ type: 'sources', ...this.state.sources }),
  }

  constructor(
    room: string,
    secret: string,
    private readonly world: World,
    private readonly changed: (snapshot: Snapshot) => void,
  ) {
    const kept = recall(world.storage, room, world.now())
    this.state = initial(room, secret, kept)
    this.devices = world.devices(() => this.devicesChanged())
    this.peer = this.prepare()
    this.line = world.line((event) => this.happen(event))
    if (kept?.entered) void this.restore(kept.microphone, kept.camera)
    world.hiding((forGood) => this.hide(forGood))
  }

  /** Looks at the door. Wakes nothing. */
  open(): void {
    void this.devices.list()
    if (this.state.phase.kind !== 'refused') this.line.connect()
    this.draw()
  }

  snapshot(): Snapshot {
    const { state, devices, lobbyAt } = this
    return { state, stage: stage(state), devices: devices.state, slots: this.peer.slots(), lobbyAt }
  }

  happen(event: Event): void {
    if (event.type === 'gateway' && event.message.type === 'lobby') this.lobbyAt = this.world.now()
    const { state, effects } = reduce(this.state, event)
    if (state.line === 'entered' && this.state.line !== 'entered') this.askAnew()
    this.state = state
    if (event.type === 'gateway') this.awaitLobby()
    if (event.type === 'enter') this.dismissFaults()
    for (const effect of effects) this.perform(effect)
    this.updateWishes()
    this.updatePairs()
    this.draw()
  }

  /** How high the tiles are now, in physical pixels. */
  layout(heights: ReadonlyMap<string, number>): void {
    this.heights.clear()
    for (const [key, height] of heights) this.heights.set(key, height)
    this.updateWishes()
  }

  private draw(): void {
    this.changed(this.snapshot())
  }

  private perform<K extends Effect['kind']>(effect: Extract<Effect, { kind: K }>): void {
    const act = this.acts[effect.kind as K] as (effect: Extract<Effect, { kind: K }>) => void
    act(effect)
  }

  private reconnect(): void {
    this.cancelRetry?.()
    this.happen({ type: 'line-away' })
    this.line.connect()
  }

  // A line may be dead without saying so. Only a waking machine makes the gateway speak regularly.
  private awaitLobby(): void {
    this.cancelSilence?.()
    this.cancelSilence = this.wakes()
      ? this.world.later(() => {
          if (this.wakes()) this.reconnect()
        }, lobbyLimit)
      : undefined
  }

  private wakes(): boolean {
    const { phase, line } = this.state
    const machine = phase.kind === 'lobby' && line === 'entered' ? phase.lobby?.machine : undefined
    return machine !== undefined && waking.includes(machine)
  }

  private connectLater({ after = 0, at }: { after?: number; at?: string }): void {
    this.cancelRetry?.()
    const wait = at === undefined ? after : Date.parse(at) - this.world.now() + 500
    // Browsers fire longer timers at once; a day is asked again in pieces.
    const bounded = Math.min(Math.max(wait, at === undefined ? 0 : soonest), 3_600_000)
    this.cancelRetry = this.world.later(() => this.reconnect(), bounded)
  }

  private prepare(): Peer {
    // Events of a connection that was given up carry the name it had, so the course drops them.
    const peer: Peer = this.world.preparePeer({
      flow: (flow) => this.fromPeer(peer, (connection) => ({ type: 'flow', connection, flow })),
      shown: (shown) => this.fromPeer(peer, (connection) => ({ type: 'shown', connection, shown })),
      message: (message: FromWorker) =>
        this.fromPeer(peer, (connection) => ({ type: 'worker', connection, message })),
    })
    return peer
  }

  private fromPeer(peer: Peer, event: (connection: string) => Event): void {
    const connection = connectionOf(this.state)
    if (peer === this.peer && connection !== undefined) this.happen(event(connection))
  }

  // Whoever enters all the same has read at the door what is wrong: the call does not tell it again.
  private dismissFaults(): void {
    for (const name of ['microphone', 'camera'] as const) this.devices.dismiss(name)
  }

  private stopDevices(): void {
    this.restoring = false
    this.silent = true
    this.devices.stop()
    this.silent = false
    this.devicesChanged()
  }

  private hangUp(): void {
    this.peer.close()
    this.peer = this.prepare()
    this.cancelGrow?.()
    this.cancelGrow = undefined
    this.pairs = firstPairs
    this.askAnew()
    this.wished = ''
    this.putTracks()
  }

  private offered(connection: string, making: Promise<Offer>): void {
    making.then(
      (offer) => this.happen({ type: 'offered', offer }),
      () => this.happen({ type: 'offer-failed', connection }),
    )
  }

  private failing(connection: string, doing: Promise<void>): void {
    doing.catch(() => this.happen({ type: 'offer-failed', connection }))
  }

  private opening(): Opening {
    return { wishes: this.wishes(), sources: this.state.sources }
  }

  private wishes(): Wish[] {
    return wishes(stage(this.state), (tile) => this.heights.get(tileKey(tile)) ?? this.world.guessHeight())
  }

  // What one would like to see, told when it has changed and the layout has come to rest.
  private updateWishes(): void {
    this.cancelWish?.()
    if (this.state.phase.kind !== 'call') return
    this.cancelWish = this.world.later(() => {
      const next = this.wishes()
      const text = JSON.stringify(next)
      if (text === this.wished) return
      this.wished = text
      this.peer.tell({ type: 'wishes', wishes: next })
    }, wishPause)
  }

  // More places than the first offer had, by one further offer when the crowd has come in.
  private updatePairs(): void {
    if (this.cancelGrow || this.lacking() === 0) return
    this.cancelGrow = this.world.later(() => {
      this.cancelGrow = undefined
      this.grow()
    }, growPause)
  }

  // How many places to ask for, 0 when there are enough or nobody can be asked.
  private lacking(): number {
    const { phase, line } = this.state
    if (phase.kind !== 'call' || phase.call.flow !== 'flowing' || line !== 'entered') return 0
    const needed = Math.min(maxPairs, snapshotPairs(stage(this.state)))
    return this.declined || needed <= Math.max(this.pairs, this.asked) ? 0 : needed
  }

  // What was asked on a line that is gone is not answered any more.
  private askAnew(): void {
    this.asked = 0
    this.declined = false
  }

  private grow(): void {
    const needed = this.lacking()
    const connection = connectionOf(this.state)
    if (connection === undefined || needed === 0) return
    this.asked = needed
    this.offered(connection, this.peer.offerAgain(this.opening(), { pairs: needed }))
  }

  private devicesChanged(): void {
    if (this.silent) return
    this.putTracks()
    const next = sourcesOf(this.devices.state)
    if (same(next, this.state.sources)) this.draw()
    else this.happen({ type: 'sources', sources: next })
  }

  private putTracks(): void {
    const { microphone, camera, screen, screenSound } = this.devices.state
    const tracks = [
      this.peer.put('microphone', microphone.on ? microphone.track : null),
      this.peer.put('camera', camera.on ? camera.track : null),
      this.peer.put('screen', screen.on ? screen.track : null),
      this.peer.put('screen_sound', screen.on ? screenSound : null),
    ]
    // A connection that was closed meanwhile takes no track; its successor gets it.
    void Promise.allSettled(tracks)
  }

  private async restore(microphone: boolean, camera: boolean): Promise<void> {
    this.restoring = true
    if (microphone) await this.devices.switchOn('microphone')
    // Whoever left while the browser still asked for the microphone wants no camera.
    if (camera && this.restoring) await this.devices.switchOn('camera')
    this.restoring = false
  }

  // A reload finds the place by what is kept. The others see at once that the picture is gone.
  private hide(forGood: boolean): void {
    this.keepOn()
    if (forGood) this.peer.close()
  }

  private keepOn(): void {
    if (this.state.entered && this.state.phase.kind !== 'replaced') this.keep()
  }

  private keep(): void {
    this.cancelKeep?.()
    this.cancelKeep = this.state.entered ? this.world.later(() => this.keepOn(), keepPause) : undefined
    const { entered, name, resume, view, sources } = this.state
    const { microphone, camera } = sources
    keep(this.world.storage, this.state.room, {
      entered,
      name,
      resume,
      microphone,
      camera,
      at: this.world.now(),
      ...(view ? { view } : {}),
    })
  }
}

const waking: readonly MachineState[] = ['queued', 'starting', 'booting', 'preparing']

/** Names a tile for the layout. */
export const tileKey = (tile: Tile): string => `${tile.participant}/${tile.source}`

function snapshotPairs(shown: Stage): number {
  const people = [...shown.grid, ...(shown.main?.source === 'camera' ? [shown.main] : [])]
  return people.filter((each) => !each.own).length
}

function sourcesOf({ microphone, camera, screen, screenSound }: DeviceState): SourceFlags {
  return {
    microphone: microphone.on && microphone.track !== null,
    camera: camera.on && camera.track !== null,
    screen: screen.on && screen.track !== null,
    screen_sound: screen.on && screenSound !== null,
  }
}

function same(a: SourceFlags, b: SourceFlags): boolean {
  return (
    a.microphone === b.microphone &&
    a.camera === b.camera &&
    a.screen === b.screen &&
    a.screen_sound === b.screen_sound
  )
}
