// What the API at /api/v1 says, field by field (described at /api/v1/openapi.json). Times are RFC 3339 in UTC.

export type Role = 'chair' | 'guest'

/** One shared link of a room. `generation` grows by one with every renewal. */
export interface RoomLink {
  readonly url: string
  readonly generation: number
  readonly renewed_at?: string
  readonly old_knocks_until?: string
}

/** A room as an organiser sees it. */
export interface Room {
  readonly room: string
  readonly title: string
  readonly starts_at?: string
  readonly waiting_room: boolean
  readonly capacity: number
  readonly links: { readonly chair: RoomLink; readonly guest: RoomLink }
  readonly waiting: number
  readonly present: number
  readonly machine?: Machine
}

/** The states of a machine's life, as the gateway's keeper names them. */
export const machineStates = [
  'off',
  'waking',
  'booting',
  'serving',
  'holding',
  'draining',
  'stopping',
  'unknown',
  'blocked',
  'quarantined',
] as const
export type MachineState = (typeof machineStates)[number]

export interface Machine {
  readonly machine: string
  readonly state: MachineState
  readonly since: string
  readonly eta_ms: number
  readonly paid_until?: string
  readonly hard_stop_at?: string
  readonly prewarm_until?: string
  readonly waiting: number
  readonly present: number
  readonly rooms: readonly { readonly room: string; readonly title: string }[]
  readonly price_per_hour_nano_eur: number
  readonly can_stop: boolean
}

/** What a minute was paid for. */
export const classes = ['used', 'boot', 'prewarm', 'hold', 'drain', 'waste', 'standing'] as const
export type Class = (typeof classes)[number]

/** Time and money of one room for one purpose on one day; the day is the organisation's. */
export interface CostRow {
  readonly day: string
  readonly room: string
  readonly title: string
  readonly class: Class
  readonly minutes: number
  readonly seconds: number
  readonly nano_eur: number
}

/** What the provider charges for, per hour, when the machine was switched on. */
export interface Price {
  readonly resource: string
  readonly per_hour: number
}

/** One power-on. Without `until` it still runs. */
export interface Run {
  readonly machine: string
  readonly epoch: number
  readonly room: string
  readonly title?: string
  readonly from: string
  readonly until?: string
  readonly prices: readonly Price[]
  readonly origin_nano_eur: number
  readonly allocated_nano_eur: number
}

export interface Costs {
  readonly month: string
  readonly as_of: string
  readonly provisional: boolean
  readonly rows: readonly CostRow[]
  readonly runs: readonly Run[]
  readonly sum: {
    readonly origin_nano_eur: number
    readonly allocated_nano_eur: number
    readonly difference_nano_eur: number
  }
}

/** What an organiser may set on a room; `starts_at: null` clears the time of the next session. */
export interface RoomDraft {
  readonly title: string
  readonly starts_at: string | null
  readonly waiting_room: boolean
  readonly capacity?: number
}
