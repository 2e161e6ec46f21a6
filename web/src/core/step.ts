import type { Effect } from './event'
import type { State } from './state'

/** What an event comes to. */
export interface Step {
  readonly state: State
  readonly effects: readonly Effect[]
}

export const stay = (state: State): Step => ({ state, effects: [] })
export const only = stay

export const hungUp: readonly Effect[] = [{ kind: 'hang-up' }]
