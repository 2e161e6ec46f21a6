import type { Room, RoomDraft } from './model'
import { fieldsOf, instantOf } from './moment'

/** A room's form as it is being filled in; every field is the text that stands in it. */
export interface Form {
  readonly title: string
  readonly date: string
  readonly time: string
  readonly waitingRoom: boolean
  readonly capacity: string
}

/** What keeps a form from being sent. */
export type Problem = 'nameMissing' | 'momentHalf' | 'capacityWrong'

const most = 500

/** The form of a room, or an empty one with the waiting room on. */
export function formOf(room: Room | undefined): Form {
  const moment = fieldsOf(room?.starts_at)
  return {
    title: room?.title ?? '',
    ...moment,
    waitingRoom: room?.waiting_room ?? true,
    capacity: room?.capacity ? String(room.capacity) : '',
  }
}

/** What the form says, or the first field that has to be looked at. */
export function read(form: Form): { readonly draft: RoomDraft } | { readonly problem: Problem } {
  const title = form.title.trim()
  if (!title) return { problem: 'nameMissing' }
  const starts = instantOf(form)
  if (starts === undefined) return { problem: 'momentHalf' }
  const draft = { title, starts_at: starts, waiting_room: form.waitingRoom }
  if (!form.capacity.trim()) return { draft }
  const capacity = Number(form.capacity)
  if (!Number.isInteger(capacity) || capacity < 2 || capacity > most) return { problem: 'capacityWrong' }
  return { draft: { ...draft, capacity } }
}
