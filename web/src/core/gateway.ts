import type {
  Answer,
  Fault,
  FromGateway,
  Lobby,
  Lost,
  MachineState,
  Place,
  Ready,
  Refusal,
  RefusalCode,
  Roster,
  View,
} from '../proto/message'
import type { Effect, News } from './event'
import { offerFailed } from './media'
import { begun, connectionOf, type Phase, type State } from './state'
import { hungUp, only, type Step, stay } from './step'

/** What the gateway's word changes. */
export function hear(state: State, message: FromGateway): Step {
  if (over(state.phase)) return stay(state)
  switch (message.type) {
    case 'view':
      return viewed(state, message)
    case 'place':
      return placed(state, message)
    case 'refusal':
      return refused(state, message)
    case 'lobby':
      return waited(state, message)
    case 'ready':
      return ready(state, message)
    case 'answer':
      return answered(state, message)
    case 'roster':
      return { state: { ...state, roster: message }, effects: news(state, message) }
    case 'lost':
      return lost(state, message)
    case 'removed':
      return removed(state, { type: 'refusal', code: 'removed' })
    case 'replaced':
      return {
        state: { ...state, phase: { kind: 'replaced' } },
        effects: [...hungUp, { kind: 'stop-devices' }, { kind: 'disconnect' }],
      }
    case 'fault':
      return faulted(state, message)
  }
}

// A page that has left, was replaced or is too old does not listen any more.
function over(phase: Phase): boolean {
  return phase.kind === 'left' || phase.kind === 'replaced' || phase.kind === 'outdated'
}

function viewed(state: State, view: View): Step {
  const seen = { ...state, view }
  if (state.entered) return reclaim(seen)
  const step = only({ ...seen, phase: { kind: 'door' } as const })
  return { ...step, effects: [{ kind: 'keep' }] }
}

function placed(state: State, place: Place): Step {
  const known = { ...state, place, resume: place.resume }
  const step = state.entered ? reclaim(known) : only({ ...known, phase: { kind: 'door' } as const })
  return { state: step.state, effects: [{ kind: 'keep' }, ...step.effects] }
}

/** Claims the place on a new line, once: with the connection that still stands, if one does. */
function reclaim(state: State): Step {
  if (state.line !== 'looked') return only(inside(state))
  const live =
    state.phase.kind === 'call' && state.phase.call.flow !== 'failed'
      ? state.phase.call.connection
      : undefined
  const message = { type: 'enter' as const, name: state.name, ...(live ? { connection: live } : {}) }
  const claimed: State = { ...inside(state), line: 'entered' }
  if (live || connectionOf(state) === undefined)
    return { state: claimed, effects: [{ kind: 'send', message }] }
  // What was offered on the old line, or has broken since, will not be answered any more.
  const phase: Phase =
    state.phase.kind === 'call' ? { kind: 'lobby', lost: 'media_lost' } : without(state.phase)
  return { state: { ...claimed, phase }, effects: [...hungUp, { kind: 'send', message }] }
}

function without(phase: Phase): Phase {
  if (phase.kind !== 'lobby') return phase
  const { pending: _, ...rest } = phase
  return rest
}

// Whoever entered and is neither in the call nor in the lobby waits in the lobby from here on.
function inside(state: State): State {
  const waits = state.phase.kind !== 'call' && state.phase.kind !== 'lobby'
  return waits ? { ...state, phase: { kind: 'lobby' } } : state
}

const final: readonly RefusalCode[] = ['wrong_link', 'withdrawn', 'removed']

function refused(state: State, refusal: Refusal): Step {
  if (refusal.code === 'removed') return removed(state, refusal)
  const later = retry(refusal)
  const inCall = state.phase.kind === 'call' && state.phase.call.flow !== 'failed'
  // Picture and sound do not pass the gateway: a door that is shut for the moment ends no call.
  if (inCall && !final.includes(refusal.code)) return { state, effects: later }
  const shut: State = { ...state, phase: { kind: 'refused', refusal } }
  // A link that will not do is not tried again and again, and nobody sees a camera that is left on.
  if (final.includes(refusal.code))
    return { state: shut, effects: [...hungUp, { kind: 'stop-devices' }, { kind: 'disconnect' }] }
  return { state: shut, effects: [...hungUp, ...later] }
}

function removed(state: State, refusal: Refusal): Step {
  const { place: _, ...rest } = state
  return {
    state: { ...rest, entered: false, resume: '', phase: { kind: 'refused', refusal } },
    effects: [...hungUp, { kind: 'stop-devices' }, { kind: 'forget' }, { kind: 'disconnect' }],
  }
}

const patience: Partial<Record<RefusalCode, number>> = { full: 20_000, too_fast: 10_000, wake_limit: 60_000 }

/** Nobody asks a shut door again sooner (ms). */
const shortest = 5000

function retry(refusal: Refusal): Effect[] {
  // no_machine: the place is kept on this line and the gateway tries again by itself.
  if (refusal.code === 'no_machine') return []
  // How long, rather than when: the visitor's clock may be wrong.
  const after = refusal.retry_after_ms || patience[refusal.code]
  if (after) return [{ kind: 'connect-later', after: Math.max(after, shortest) }]
  return refusal.code === 'too_early' && refusal.opens_at
    ? [{ kind: 'connect-later', at: refusal.opens_at }]
    : []
}

const idle: readonly MachineState[] = ['off', 'queued', 'failed', 'unknown']

function waited(state: State, lobby: Lobby): Step {
  if (!state.entered || state.phase.kind === 'call') return stay(state)
  // What was refused stays so until something moves.
  if (state.phase.kind === 'refused' && idle.includes(lobby.machine)) return stay(state)
  const before = state.phase.kind === 'lobby' ? state.phase : undefined
  const reason = lobby.lost ?? before?.lost
  const phase: Phase = {
    kind: 'lobby',
    lobby,
    ...(reason ? { lost: reason } : {}),
    ...(before?.pending ? { pending: before.pending } : {}),
  }
  return only({ ...state, phase })
}

function ready(state: State, message: Ready): Step {
  if (!state.entered) return stay(state)
  const old = connectionOf(state) === undefined ? [] : hungUp
  const effects = [...old, { kind: 'offer' as const, ready: message }]
  // A call that moves to another connection stays a call on the screen.
  if (state.phase.kind === 'call')
    return { state: { ...state, phase: { kind: 'call', call: begun(message.connection) } }, effects }
  const lobby = state.phase.kind === 'lobby' ? state.phase : { kind: 'lobby' as const }
  return { state: { ...state, phase: { ...lobby, pending: message.connection } }, effects }
}

function answered(state: State, answer: Answer): Step {
  if (answer.connection !== connectionOf(state)) return stay(state)
  const accept: Effect = { kind: 'accept', answer }
  if (state.phase.kind === 'call') return { state, effects: [accept] }
  return { state: { ...state, phase: { kind: 'call', call: begun(answer.connection) } }, effects: [accept] }
}

function lost(state: State, message: Lost): Step {
  const current = connectionOf(state)
  if (current === undefined || message.connection !== current) return stay(state)
  return { state: { ...state, phase: { kind: 'lobby', lost: message.reason } }, effects: hungUp }
}

function news(state: State, next: Roster): Effect[] {
  const told: News[] = []
  const me = state.place?.participant
  const arrived = newcomers(state.roster.people, next.people).filter((each) => each.participant !== me)
  if (state.phase.kind === 'call' && state.roster.people.length > 0 && arrived.length > 0)
    told.push({ kind: 'arrived', names: arrived.map((each) => each.name) })
  const knocked = newcomers(state.roster.waiting ?? [], next.waiting ?? [])
  if (knocked.length > 0) told.push({ kind: 'knocked', names: knocked.map((each) => each.name) })
  return told.map((each) => ({ kind: 'tell-news', news: each }))
}

function newcomers(before: Roster['people'], after: Roster['people']): Roster['people'] {
  const known = new Set(before.map((each) => each.participant))
  return after.filter((each) => !known.has(each.participant))
}

function faulted(state: State, fault: Fault): Step {
  if (fault.code === 'version')
    return {
      state: { ...state, phase: { kind: 'outdated' } },
      effects: [...hungUp, { kind: 'stop-devices' }, { kind: 'disconnect' }],
    }
  if (fault.re === 'offer' && connectionOf(state) !== undefined)
    return offerFailed(state, fault.code === 'bad_offer')
  if (fault.re === 'enter' && fault.code === 'malformed')
    return only({ ...state, entered: false, nameRefused: true, line: 'looked', phase: { kind: 'door' } })
  if (fault.re === 'enter' || fault.re === 'look')
    return { state, effects: [{ kind: 'connect-later', after: 3000 }] }
  return stay(state)
}
