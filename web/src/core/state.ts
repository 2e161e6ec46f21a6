import type {
  Lobby,
  LostReason,
  PersonSources,
  Place,
  Quality,
  Refusal,
  Roster,
  SlotState,
  SourceFlags,
  View,
} from '../proto/message'

/** How the media connection does, as the browser sees it. */
export type Flow = 'connecting' | 'flowing' | 'interrupted' | 'failed'

/** What belongs to one media connection and is gone with it. */
export interface Call {
  readonly connection: string
  readonly flow: Flow
  /** How often this connection was offered again because its path broke. */
  readonly restarts: number
  /** Whose frames the slots show: the slot map, corrected by what has arrived. */
  readonly shown: readonly SlotState[]
  readonly people: readonly PersonSources[]
  /** Who speaks, 0 when nobody does. */
  readonly speaker: number
  /** Who spoke lately, the latest first. */
  readonly recent: readonly number[]
  readonly quality?: Quality
}

/** Where the participant is. */
export type Phase =
  | { readonly kind: 'opening' }
  | { readonly kind: 'door' }
  /** pending names the connection that was offered and not yet answered. */
  | { readonly kind: 'lobby'; readonly lobby?: Lobby; readonly lost?: LostReason; readonly pending?: string }
  | { readonly kind: 'call'; readonly call: Call }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'outdated' }
  | { readonly kind: 'replaced' }
  | { readonly kind: 'left' }

/** The line to the gateway. Looked: the door was asked; entered: the place was claimed on this line. */
export type Line = 'connecting' | 'looked' | 'entered' | 'away'

export interface State {
  // immutable
  readonly room: string
  readonly secret: string

  // the page's own wishes, kept over a reload
  readonly entered: boolean
  readonly name: string
  readonly resume: string

  // what the gateway said
  readonly phase: Phase
  readonly line: Line
  readonly view?: View
  readonly place?: Place
  readonly roster: Roster
  /** Offers in a row that came to nothing. */
  readonly trouble: number
  /** The gateway did not take the name. */
  readonly nameRefused: boolean

  // what the devices do
  readonly sources: SourceFlags
  /** The one whom this page shows large, 0 for nobody. */
  readonly pinned: number
}

/** What outlives a reload, in the tab's own storage. */
export interface Kept {
  readonly entered: boolean
  readonly name: string
  readonly resume: string
  readonly view?: View
}

export const silent: SourceFlags = { microphone: false, camera: false, screen: false, screen_sound: false }

const nobody: Roster = { type: 'roster', people: [] }

/** The state of a page that was just loaded. */
export function initial(room: string, secret: string, kept?: Kept): State {
  return {
    room,
    secret,
    entered: kept?.entered ?? false,
    name: kept?.name ?? '',
    resume: kept?.resume ?? '',
    // A link without its secret can be told from here; nobody has to be asked.
    phase:
      secret || kept?.resume
        ? { kind: 'opening' }
        : { kind: 'refused', refusal: { type: 'refusal', code: 'wrong_link' } },
    line: 'connecting',
    ...(kept?.view ? { view: kept.view } : {}),
    roster: nobody,
    trouble: 0,
    nameRefused: false,
    sources: silent,
    pinned: 0,
  }
}

/** A call that has just been answered. */
export function begun(connection: string): Call {
  return { connection, flow: 'connecting', restarts: 0, shown: [], people: [], speaker: 0, recent: [] }
}

/** The connection that is live or being made. */
export function connectionOf(state: State): string | undefined {
  if (state.phase.kind === 'call') return state.phase.call.connection
  return state.phase.kind === 'lobby' ? state.phase.pending : undefined
}
