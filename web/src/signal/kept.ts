import type { Kept } from '../core/state'
import { decodeFromGateway } from '../proto/decode'
import type { View } from '../proto/message'

/** Which devices were on, so that a reload in the call finds them as they were. */
export interface KeptTab extends Kept {
  readonly microphone: boolean
  readonly camera: boolean
}

// One entry a room in the tab's own storage, gone with the tab. The privacy notice names it.
const key = (room: string) => `weckruf.room.${room}`

/** What this tab remembers of a room, if it was in it. */
export function recall(storage: Storage | undefined, room: string): KeptTab | undefined {
  try {
    const value: unknown = JSON.parse(storage?.getItem(key(room)) ?? 'null')
    if (typeof value !== 'object' || value === null) return undefined
    const { entered, name, resume, view, microphone, camera } = value as Record<string, unknown>
    const known = viewOf(view)
    return {
      entered: entered === true,
      name: typeof name === 'string' ? name : '',
      resume: typeof resume === 'string' ? resume : '',
      microphone: microphone === true,
      camera: camera === true,
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
