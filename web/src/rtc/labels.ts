import type { SlotState } from '../proto/message'

/**
 * How long a slot keeps its old label after the slot map has named somebody else (ms). The first frame of
 * the new one ends it sooner. Somebody without a picture sends none, so it cannot last for ever.
 */
export const grace = 500

/** What is known of one slot. Times are in milliseconds on any one clock. */
interface Slot {
  mapped: SlotState
  mappedAt: number
  /** Whom the label names now. */
  shown: number
  /** Whose frame came last, and since when it is theirs. */
  framed: number
  framedAt: number
}

/**
 * Decides whom each slot shows. The slot map says who is to come, the contributing source of the newest
 * frame says who is there: a label changes with the frame, even when the map is late or the old
 * participant's last frames are still under way. An emptied slot is blank at once.
 */
export class Labels {
  private readonly slots = new Map<number, Slot>()

  /** A new slot map. True when some label changed. */
  map(states: readonly SlotState[], now: number): boolean {
    for (const state of states) this.place(state, now)
    return this.settle(now)
  }

  /** The newest frame of a slot comes from participant. True when some label changed. */
  frame(slot: number, participant: number, now: number): boolean {
    const known = this.slots.get(slot)
    if (!known || known.framed === participant) return false
    known.framed = participant
    known.framedAt = now
    return this.settle(now)
  }

  /** Lets time pass. True when some label changed. */
  settle(now: number): boolean {
    let changed = false
    for (const slot of this.slots.values()) {
      const shown = whom(slot, now)
      changed ||= shown !== slot.shown
      slot.shown = shown
    }
    return changed
  }

  /** Whom the slots show. Empty ones are left out. */
  shown(): SlotState[] {
    return [...this.slots.values()]
      .filter((slot) => slot.shown !== 0)
      .map((slot) => ({ ...slot.mapped, participant: slot.shown }))
  }

  /** The slots whose frames are worth a look. */
  busy(): number[] {
    return [...this.slots.values()]
      .filter((slot) => slot.mapped.participant !== 0)
      .map((slot) => slot.mapped.slot)
  }

  private place(state: SlotState, now: number): void {
    const known = this.slots.get(state.slot)
    if (!known) {
      this.slots.set(state.slot, { mapped: state, mappedAt: now, shown: 0, framed: 0, framedAt: -1 })
      return
    }
    if (known.mapped.participant !== state.participant) known.mappedAt = now
    known.mapped = state
  }
}

function whom(slot: Slot, now: number): number {
  const { mapped, mappedAt, shown, framed, framedAt } = slot
  if (mapped.participant === 0 || framed === mapped.participant) return mapped.participant
  if (framed !== 0 && framedAt > mappedAt) return framed
  return shown !== 0 && now - mappedAt < grace ? shown : mapped.participant
}

/** A contributing source as browsers tell it. */
export interface Contribution {
  readonly source: number
  readonly timestamp: number
}

/** Whose frame is the newest, 0 when none is known. */
export function newest(contributions: readonly Contribution[]): number {
  let latest: Contribution | undefined
  for (const each of contributions) if (!latest || each.timestamp > latest.timestamp) latest = each
  return latest?.source ?? 0
}
