import type { Flow } from '../core/state'
import type {
  Answer,
  FromWorker,
  Offer,
  Ready,
  SlotState,
  SourceFlags,
  ToWorker,
  Wish,
} from '../proto/message'
import type { SenderName } from './plan'

/** What a connection tells. */
export interface PeerListener {
  flow(flow: Flow): void
  shown(shown: readonly SlotState[]): void
  message(message: FromWorker): void
}

/** What the page says about itself in an offer. */
export interface Opening {
  readonly wishes: readonly Wish[]
  readonly sources: SourceFlags
}

/** Picture and sound of one slot. The streams stay the same for the life of the connection. */
export interface SlotMedia {
  readonly slot: number
  readonly audio: MediaStream
  readonly video?: MediaStream
}

/**
 * One media connection, from the description made ahead (before anybody has entered) to its end. Behind it
 * stands an RTCPeerConnection, or a stand-in in tests.
 */
export interface Peer {
  /** Uses the relays, sets the description made ahead, and yields what to send. */
  offer(ready: Ready, opening: Opening): Promise<Offer>
  /** A further offer for the same connection: the path anew, or more places. */
  offerAgain(opening: Opening, change: { restart?: boolean; pairs?: number }): Promise<Offer>
  accept(answer: Answer): Promise<void>
  /** The further offer was not taken: go on as before it. */
  rollBack(): Promise<void>
  /** Sends this track, or nothing. Never negotiates. */
  put(name: SenderName, track: MediaStreamTrack | null): Promise<void>
  /** Tells the worker, now or as soon as the channel is open; the latest of each type counts. */
  tell(message: ToWorker): void
  slots(): readonly SlotMedia[]
  close(): void
}

/** Makes a connection ready for its first offer. Nothing leaves the browser before offer(). */
export type PreparePeer = (listener: PeerListener) => Peer
