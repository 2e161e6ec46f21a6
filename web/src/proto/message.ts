// The messages between page, gateway and worker, as they travel: one JSON object each whose
// field "type" says which it is. They mirror the Go types of internal/wire; the golden
// vectors there hold both sides together.

/** The protocol version this page speaks. */
export const version = 1

/** The longest name a participant may have, in characters. */
export const maxName = 60

export const roles = ['chair', 'guest'] as const
export const mediaSources = ['camera', 'screen'] as const
export const slotKinds = ['pair', 'audio', 'screen'] as const
export const refusalCodes = [
  'wrong_link',
  'withdrawn',
  'too_early',
  'full',
  'over_budget',
  'no_machine',
  'removed',
  'wake_limit',
  'too_fast',
] as const
export const machineStates = [
  'off',
  'queued',
  'starting',
  'booting',
  'preparing',
  'ready',
  'failed',
  'unknown',
] as const
export const lostReasons = ['machine_lost', 'machine_stopped', 'media_lost'] as const

export type Role = (typeof roles)[number]
export type MediaSource = (typeof mediaSources)[number]
export type SlotKind = (typeof slotKinds)[number]
export type RefusalCode = (typeof refusalCodes)[number]
export type MachineState = (typeof machineStates)[number]
export type LostReason = (typeof lostReasons)[number]

// Page to gateway.

export interface Look {
  type: 'look'
  version: number
  room: string
  secret?: string
  resume?: string
}

export interface Enter {
  type: 'enter'
  name: string
  connection?: string
}

/** Which m-line (mid) carries what the page sends. */
export interface Sender {
  microphone?: string
  camera?: string
  screen?: string
  screen_sound?: string
}

export interface SlotOffer {
  slot: number
  kind: SlotKind
  audio?: string
  video?: string
}

/** What the page would like to show; the list stands in order of priority. */
export interface Wish {
  participant: number
  source: MediaSource
  /** Height of the tile in physical pixels, 1 to 4320. */
  max_height: number
  /** 0 (first to go) to 9. */
  priority: number
  pinned?: boolean
}

/** What one sends right now. Muted means false. */
export interface SourceFlags {
  microphone: boolean
  camera: boolean
  screen: boolean
  screen_sound: boolean
}

export interface Offer {
  type: 'offer'
  connection: string
  sdp: string
  sender: Sender
  slots: SlotOffer[]
  wishes: Wish[]
  sources: SourceFlags
}

export interface Leave {
  type: 'leave'
}

export interface Admit {
  type: 'admit'
  participants?: number[]
  all?: boolean
}

export interface Remove {
  type: 'remove'
  participant: number
}

export type ToGateway = Look | Enter | Offer | Leave | Admit | Remove

// Gateway to page.

export interface View {
  type: 'view'
  version: number
  room: string
  organisation?: string
  title: string
  /** RFC 3339. */
  starts_at?: string
  role: Role
  waiting: number
  present: number
}

export interface Refusal {
  type: 'refusal'
  code: RefusalCode
  title?: string
  /** RFC 3339. */
  opens_at?: string
  retry_after_ms?: number
}

export interface Place {
  type: 'place'
  participant: number
  resume: string
  role: Role
  admitted: boolean
}

export interface Lobby {
  type: 'lobby'
  waiting: number
  present: number
  admitted: boolean
  machine: MachineState
  elapsed_ms: number
  /** Expected time left, 0 = unknown or ready. */
  eta_ms: number
  lost?: LostReason
}

export interface IceServer {
  urls: string[]
  username?: string
  credential?: string
}

export interface Ready {
  type: 'ready'
  connection: string
  ice_servers: IceServer[]
}

/** What a slot carries; participant 0 means that it is empty. */
export interface SlotState {
  slot: number
  participant: number
  source?: MediaSource
}

export interface Answer {
  type: 'answer'
  connection: string
  sdp: string
  slots: SlotState[]
}

export interface Person {
  participant: number
  name: string
  role: Role
}

export interface Roster {
  type: 'roster'
  people: Person[]
  waiting?: Person[]
}

export interface Lost {
  type: 'lost'
  connection: string
  reason: LostReason
}

export interface Removed {
  type: 'removed'
}

export interface Replaced {
  type: 'replaced'
}

export interface Fault {
  type: 'fault'
  /** A code of internal/wire/error.go; newer gateways may know more. */
  code: string
  re?: string
  detail?: string
}

export type FromGateway =
  | View
  | Refusal
  | Place
  | Lobby
  | Ready
  | Answer
  | Roster
  | Lost
  | Removed
  | Replaced
  | Fault

// Page to worker, on DataChannel 0.

export interface Wishes {
  type: 'wishes'
  wishes: Wish[]
}

export interface Sources extends SourceFlags {
  type: 'sources'
}

export type ToWorker = Wishes | Sources

// Worker to page, on DataChannel 0.

export interface Slots {
  type: 'slots'
  slots: SlotState[]
}

export interface PersonSources extends SourceFlags {
  participant: number
}

export interface People {
  type: 'people'
  people: PersonSources[]
}

export interface Speaker {
  type: 'speaker'
  participant: number
}

export interface Quality {
  type: 'quality'
  rtt_ms: number
  loss_percent: number
}

export type FromWorker = Slots | People | Speaker | Quality
