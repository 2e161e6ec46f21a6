import type { State } from './state'

/** What is interrupted just now. Joining: picture and sound have never been there yet. */
export type Interruption = 'line' | 'media' | 'both' | 'joining'

/** Says what the banner has to say, if anything. Only the call has two ways that can break apart. */
export function interruption(state: State): Interruption | undefined {
  const line = state.line === 'away'
  if (state.phase.kind === 'lobby') return line ? 'line' : undefined
  if (state.phase.kind !== 'call') return undefined
  switch (state.phase.call.flow) {
    case 'connecting':
      return line ? 'both' : 'joining'
    case 'flowing':
      return line ? 'line' : undefined
    default:
      return line ? 'both' : 'media'
  }
}
