import type { MediaSource, Role, Wish } from '../proto/message'
import { begun, type Call, type State } from './state'

/** One picture on the stage. */
export interface Tile {
  readonly participant: number
  readonly source: MediaSource
  readonly name: string
  readonly role: Role
  readonly own: boolean
  /** The slot whose frames it shows, if any. */
  readonly slot?: number
  readonly camera: boolean
  readonly microphone: boolean
  readonly speaking: boolean
  readonly pinned: boolean
}

/** What the stage shows: at most one large picture, and the rest as a grid. */
export interface Stage {
  readonly main?: Tile
  readonly grid: readonly Tile[]
  /** People who are in and have no tile. */
  readonly hidden: number
}

/** The most people that are shown, oneself included. */
export const maxTiles = 25

/** Says who is shown and how. Nobody changes places because somebody else speaks. */
export function stage(state: State): Stage {
  // Before the call its first wishes are made from the names alone.
  const call = state.phase.kind === 'call' ? state.phase.call : begun('')
  const all = participants(state, call)
  const shown = chosen(all, state, call)
  const tiles = shown.map((each) => tile(each, 'camera', state, call))
  const screen = all.find((each) => each.screen && !each.own)
  const main = screen ? tile(screen, 'screen', state, call) : tiles.find((each) => each.pinned && !each.own)
  return {
    ...(main ? { main } : {}),
    grid: main && main.source === 'camera' ? tiles.filter((each) => each !== main) : tiles,
    hidden: all.length - shown.length,
  }
}

interface Someone {
  readonly participant: number
  readonly name: string
  readonly role: Role
  readonly own: boolean
  readonly camera: boolean
  readonly microphone: boolean
  readonly screen: boolean
}

// Those of the list of names and those whom the worker knows, oneself last.
function participants(state: State, call: Call): Someone[] {
  const me = state.place?.participant ?? 0
  const named = new Map(state.roster.people.map((each) => [each.participant, each]))
  const sending = new Map(call.people.map((each) => [each.participant, each]))
  const others = [...new Set([...named.keys(), ...sending.keys()])].filter((each) => each !== me)
  return [...others, ...(me === 0 ? [] : [me])].map((participant) => {
    const own = participant === me
    const sources = own ? state.sources : sending.get(participant)
    return {
      participant,
      own,
      name: named.get(participant)?.name ?? (own ? state.name : ''),
      role: named.get(participant)?.role ?? (own ? (state.place?.role ?? 'guest') : 'guest'),
      camera: sources?.camera ?? false,
      microphone: sources?.microphone ?? false,
      screen: sources?.screen ?? false,
    }
  })
}

// When there are more than fit, those who spoke lately come before those who did not.
function chosen(all: Someone[], state: State, call: Call): Someone[] {
  if (all.length <= maxTiles) return all
  const rank = (each: Someone) => {
    if (each.own || each.participant === state.pinned) return -1
    const at = call.recent.indexOf(each.participant)
    return at < 0 ? call.recent.length : at
  }
  const first = new Set([...all].sort((a, b) => rank(a) - rank(b)).slice(0, maxTiles))
  return all.filter((each) => first.has(each))
}

function tile(someone: Someone, source: MediaSource, state: State, call: Call): Tile {
  const slot = call.shown.find(
    (each) => each.participant === someone.participant && (each.source ?? 'camera') === source,
  )
  const { participant, own, name, role, camera, microphone } = someone
  return {
    participant,
    own,
    name,
    role,
    camera,
    microphone,
    source,
    ...(slot ? { slot: slot.slot } : {}),
    speaking: source === 'camera' && call.speaker === participant,
    pinned: state.pinned === participant,
  }
}

/** The size of a tile in physical pixels. */
export type HeightOf = (tile: Tile) => number

/** What to ask the worker for, most important first. */
export function wishes(shown: Stage, height: HeightOf): Wish[] {
  const main = shown.main ? [wish(shown.main, height, 9)] : []
  const remote = shown.grid.filter((each) => !each.own)
  // Whoever sends a picture comes first; the sound of the rest is heard without a wish as well.
  const grid = [...remote.filter((each) => each.camera), ...remote.filter((each) => !each.camera)]
  return [...main, ...grid.map((each) => wish(each, height, each.pinned ? 8 : 5))]
}

function wish(each: Tile, height: HeightOf, priority: number): Wish {
  return {
    participant: each.participant,
    source: each.source,
    max_height: Math.max(1, Math.min(4320, Math.round(height(each)))),
    priority,
    ...(each.pinned ? { pinned: true } : {}),
  }
}
