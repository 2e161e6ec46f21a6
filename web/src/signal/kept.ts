import type { Kept } from '../core/state'
import { decodeFromGateway } from '../proto/decode'
import type { View } from '../proto/message'

/** Which devices were on, so that a reload in the call finds them as they were. */
export interface KeptTab extends Kept {
  readonly microphone: boolean
  readonly camera: boolean
  /** When this was last so (ms since 1970). */
  readonly at: number
}

/** A tab that was inside longer ago than this (ms) does not go back in by itself. */
const fresh = 60_000

// One entry a room in the tab's own storage, gone with the tab. The privacy notice names it.
const key = (room: string) => `weckruf.room.${room}`

/**
 * What this tab remembers of a room, if it was in it. After a minute it still knows the name and the token,
 * but neither that one is inside nor what was on: a tab that a browser brings back the next day must not
 * wake a machine or switch a camera on.
 */
export function recall(storage: Storage | undefined, room: string, now: number): KeptTab | undefined {
  try {
    const value: unknown = JSON.parse(storage?.getItem(key(room)) ?? 'null')
    if (typeof value !== 'object' || value === null) return undefined
    const { entered, name, resume, view, microphone, camera, at } = value as Record<string, unknown>
    const known = viewOf(view)
    const inside = typeof at === 'number' && Math.abs(now - at) <= fresh
    return {
      entered: inside && entered === true,
      name: typeof name === 'string' ? name : '',
      resume: typeof resume === 'string' ? resume : '',
      microphone: inside && microphone === true,
      camera: inside && camera === true,
      at: typeof at === 'number' ? at : 0,
      ...(known ? { view: known } : {}),
    }
  } catch {
    return undefined
  }
}

function viewOf(value: unknown): View | undefined {
  if (value === undefined) return undefined
  const message = decodeFromGateway(JSON.stringify(value))
  return message.type === 'view' ? message : undefined
}

export function keep(storage: Storage | undefined, room: string, kept: KeptTab): void {
  try {
    storage?.setItem(key(room), JSON.stringify(kept))
  } catch {
    // Full or switched off: a reload then begins at the door.
  }
}

export function forget(storage: Storage | undefined, room: string): void {
  try {
    storage?.removeItem(key(room))
  } catch {
    // Switched off: there is nothing to forget.
  }
}

/** The tab's storage, if the browser allows it. */
export function tabStorage(): Storage | undefined {
  try {
    return window.sessionStorage
  } catch {
    return undefined
  }
}
