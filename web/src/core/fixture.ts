import type {
  Answer,
  FromGateway,
  Lobby,
  Offer,
  Place,
  Ready,
  Refusal,
  RefusalCode,
  View,
} from '../proto/message'
import type { Effect, Event } from './event'
import { reduce } from './reduce'
import { initial, type State, silent } from './state'

// Messages and ways through the course, for tests.

export const view: View = {
  type: 'view',
  version: 1,
  room: 'rat',
  title: 'Sitzung',
  role: 'guest',
  waiting: 0,
  present: 0,
}
export const place: Place = { type: 'place', participant: 7, resume: 'token', role: 'guest', admitted: true }
export const lobby: Lobby = {
  type: 'lobby',
  waiting: 1,
  present: 0,
  admitted: true,
  machine: 'booting',
  elapsed_ms: 1000,
  eta_ms: 2000,
}
export const ready: Ready = { type: 'ready', connection: 'connection-number-1', ice_servers: [] }
export const second: Ready = { ...ready, connection: 'connection-number-2' }
export const answer: Answer = { type: 'answer', connection: ready.connection, sdp: 'v=0', slots: [] }
export const offer: Offer = {
  type: 'offer',
  connection: ready.connection,
  sdp: 'v=0',
  sender: {},
  slots: [],
  wishes: [],
  sources: silent,
}
export const refusal = (code: RefusalCode, more: Partial<Refusal> = {}): Refusal => ({
  type: 'refusal',
  code,
  ...more,
})

export const said = (message: FromGateway): Event => ({ type: 'gateway', message })

/** Runs events and collects all effects. */
export function run(state: State, ...events: Event[]): { state: State; effects: Effect[] } {
  const effects: Effect[] = []
  let now = state
  for (const event of events) {
    const step = reduce(now, event)
    now = step.state
    effects.push(...step.effects)
  }
  return { state: now, effects }
}

export const fresh = () => initial('rat', 'secret')
export const atDoor = () => run(fresh(), { type: 'line-open' }, said(view)).state
export const inLobby = () => run(atDoor(), { type: 'enter', name: 'Anna' }, said(place), said(lobby)).state
export const offered = () => run(inLobby(), said(ready)).state
export const inCall = () =>
  run(offered(), said(answer), { type: 'flow', connection: ready.connection, flow: 'flowing' }).state

/** The kinds of effects, with the message's type where one is sent. */
export const kinds = (effects: readonly Effect[]): string[] =>
  effects.map((each) => (each.kind === 'send' ? `send ${each.message.type}` : each.kind))
