import { version } from '../proto/message'
import type { Effect, Event } from './event'
import { hear } from './gateway'
import { flowed, messaged, offerFailed } from './media'
import { connectionOf, type State } from './state'
import { hungUp, only, type Step, stay } from './step'

/**
 * The whole life of the room page as one pure function: what happened turns a state into the next one and
 * a list of things to do. It knows no document, no socket and no clock.
 */
export function reduce(state: State, event: Event): Step {
  switch (event.type) {
    case 'line-open':
      return { state: { ...state, line: 'looked' }, effects: [{ kind: 'send', message: look(state) }] }
    case 'line-away':
      return only({ ...state, line: 'away' })
    case 'gateway':
      return hear(state, event.message)
    case 'offered':
      return event.offer.connection === connectionOf(state)
        ? { state, effects: [{ kind: 'send', message: event.offer }] }
        : stay(state)
    case 'offer-failed':
      return event.connection === connectionOf(state) ? offerFailed(state) : stay(state)
    case 'flow':
      return flowed(state, event.connection, event.flow)
    case 'shown':
    case 'worker':
      return messaged(state, event)
    case 'sources':
      return {
        state: { ...state, sources: event.sources },
        effects: [{ kind: 'tell-sources' }, { kind: 'keep' }],
      }
    default:
      return press(state, event)
  }
}

type Press = Exclude<
  Event,
  {
    type:
      | 'line-open'
      | 'line-away'
      | 'gateway'
      | 'offered'
      | 'offer-failed'
      | 'flow'
      | 'shown'
      | 'worker'
      | 'sources'
  }
>

function press(state: State, event: Press): Step {
  switch (event.type) {
    case 'enter':
      return enter(state, event.name)
    case 'leave':
      return leave(state)
    case 'come-back':
      return state.phase.kind === 'left' ? opening(state) : stay(state)
    case 'take-over':
      return state.phase.kind === 'replaced' ? opening(state) : stay(state)
    case 'try-again':
      return { state, effects: [{ kind: 'connect' }] }
    case 'admit':
      return ask(state, { kind: 'send', message: { type: 'admit', participants: [event.participant] } })
    case 'admit-all':
      return ask(state, { kind: 'send', message: { type: 'admit', all: true } })
    case 'remove':
      return ask(state, { kind: 'send', message: { type: 'remove', participant: event.participant } })
    case 'pin':
      return only({ ...state, pinned: state.pinned === event.participant ? 0 : event.participant })
  }
}

function look(state: State) {
  return {
    type: 'look' as const,
    version,
    room: state.room,
    ...(state.secret ? { secret: state.secret } : {}),
    ...(state.resume ? { resume: state.resume } : {}),
  }
}

function enter(state: State, name: string): Step {
  if (state.phase.kind !== 'door') return stay(state)
  const entered = { ...state, entered: true, name, nameRefused: false, phase: { kind: 'lobby' } as const }
  // Without a line the door is asked again when it returns, and then entered.
  if (state.line !== 'looked') return { state: entered, effects: [{ kind: 'keep' }] }
  return {
    state: { ...entered, line: 'entered' },
    effects: [{ kind: 'keep' }, { kind: 'send', message: { type: 'enter', name } }],
  }
}

function leave(state: State): Step {
  const { place: _, ...rest } = state
  return {
    state: { ...rest, entered: false, resume: '', pinned: 0, phase: { kind: 'left' } },
    effects: [
      { kind: 'send', message: { type: 'leave' } },
      ...hungUp,
      { kind: 'stop-devices' },
      // Last, for what the devices do is kept as well.
      { kind: 'forget' },
      { kind: 'disconnect' },
    ],
  }
}

function opening(state: State): Step {
  return {
    state: { ...state, phase: { kind: 'opening' }, line: 'connecting' },
    effects: [{ kind: 'connect' }],
  }
}

// Only a chair's page shows the buttons; the gateway refuses everybody else.
function ask(state: State, effect: Effect): Step {
  return state.place?.role === 'chair' && state.line === 'entered'
    ? { state, effects: [effect] }
    : stay(state)
}
