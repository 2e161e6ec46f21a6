import type { FromWorker } from '../proto/message'
import type { Event } from './event'
import type { Call, Flow, State } from './state'
import { hungUp, only, type Step, stay } from './step'

/** After so many further offers for one connection a new one is asked for. */
const maxRestarts = 2

/** The state of the media connection has changed. */
export function flowed(state: State, connection: string, flow: Flow): Step {
  if (state.phase.kind !== 'call' || state.phase.call.connection !== connection) return stay(state)
  const call = { ...state.phase.call, flow }
  if (flow === 'flowing') return only({ ...withCall(state, { ...call, restarts: 0 }), trouble: 0 })
  if (flow !== 'failed' || state.line !== 'entered') return only(withCall(state, call))
  if (call.restarts < maxRestarts)
    return {
      state: withCall(state, { ...call, restarts: call.restarts + 1, flow: 'interrupted' }),
      effects: [{ kind: 'offer-again', connection }],
    }
  return startOver(state, 0)
}

/** An offer could not be made or was refused; unwanted: for what it asks, so that it would be again. */
export function offerFailed(state: State, unwanted = false): Step {
  if (state.phase.kind === 'call' && state.phase.call.flow === 'flowing')
    return { state, effects: [{ kind: 'roll-back', unwanted }] }
  return startOver(state, Math.min(2000 * (state.trouble + 1), 15_000))
}

// Give the connection up and ask for a new one by claiming the place anew.
function startOver(state: State, after: number): Step {
  return {
    state: { ...state, trouble: state.trouble + 1, phase: { kind: 'lobby', lost: 'media_lost' } },
    effects: [...hungUp, { kind: 'connect-later', after }],
  }
}

type Heard = Extract<Event, { type: 'shown' | 'worker' }>

/** The worker, or the frames themselves, said something about the call. */
export function messaged(state: State, event: Heard): Step {
  if (state.phase.kind !== 'call' || state.phase.call.connection !== event.connection) return stay(state)
  const { call } = state.phase
  const next = event.type === 'shown' ? { ...call, shown: event.shown } : told(call, event.message)
  return only(withCall(state, next))
}

function told(call: Call, message: FromWorker): Call {
  switch (message.type) {
    case 'slots':
      return call // the media connection passes it on as "shown", with the frame it belongs to
    case 'people':
      return { ...call, people: message.people }
    case 'speaker':
      return { ...call, speaker: message.participant, recent: remember(call.recent, message.participant) }
    case 'quality':
      return { ...call, quality: message }
  }
}

function remember(recent: readonly number[], speaker: number): readonly number[] {
  if (speaker === 0 || recent[0] === speaker) return recent
  return [speaker, ...recent.filter((each) => each !== speaker)].slice(0, 24)
}

function withCall(state: State, call: Call): State {
  return { ...state, phase: { kind: 'call', call } }
}
