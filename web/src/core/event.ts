import type {
  Answer,
  FromGateway,
  FromWorker,
  Offer,
  Ready,
  SlotState,
  SourceFlags,
  ToGateway,
} from '../proto/message'
import type { Flow } from './state'

/** What can happen to the page. */
export type Event =
  // the line to the gateway
  | { readonly type: 'line-open' }
  | { readonly type: 'line-away' }
  | { readonly type: 'gateway'; readonly message: FromGateway }
  // the media connection, named so that what comes late is dropped
  | { readonly type: 'offered'; readonly offer: Offer }
  | { readonly type: 'offer-failed'; readonly connection: string }
  | { readonly type: 'flow'; readonly connection: string; readonly flow: Flow }
  | { readonly type: 'shown'; readonly connection: string; readonly shown: readonly SlotState[] }
  | { readonly type: 'worker'; readonly connection: string; readonly message: FromWorker }
  // the devices
  | { readonly type: 'sources'; readonly sources: SourceFlags }
  // the person
  | { readonly type: 'enter'; readonly name: string }
  | { readonly type: 'leave' }
  | { readonly type: 'come-back' }
  | { readonly type: 'take-over' }
  | { readonly type: 'try-again' }
  | { readonly type: 'admit'; readonly participant: number }
  | { readonly type: 'admit-all' }
  | { readonly type: 'remove'; readonly participant: number }
  | { readonly type: 'pin'; readonly participant: number }

/** What a screen reader is told, once and politely. */
export type News =
  | { readonly kind: 'arrived'; readonly names: readonly string[] }
  | { readonly kind: 'knocked'; readonly names: readonly string[] }

/** What the page has to do. Effects are carried out in order. */
export type Effect =
  | { readonly kind: 'send'; readonly message: ToGateway }
  /** Open the line, or open it anew when it stands; the answer is line-open. */
  | { readonly kind: 'connect' }
  | { readonly kind: 'disconnect' }
  /** Connect after a while (ms), or at a time (RFC 3339). A later one replaces it. */
  | { readonly kind: 'connect-later'; readonly after?: number; readonly at?: string }
  | { readonly kind: 'keep' }
  | { readonly kind: 'forget' }
  | { readonly kind: 'offer'; readonly ready: Ready }
  | { readonly kind: 'accept'; readonly answer: Answer }
  | { readonly kind: 'offer-again'; readonly connection: string }
  /** The worker did not take a further offer: go on as before. */
  | { readonly kind: 'roll-back'; readonly unwanted: boolean }
  | { readonly kind: 'hang-up' }
  | { readonly kind: 'tell-sources' }
  | { readonly kind: 'stop-devices' }
  | { readonly kind: 'tell-news'; readonly news: News }
