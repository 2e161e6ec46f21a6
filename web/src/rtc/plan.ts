import type { Sender, SlotKind, SlotOffer } from '../proto/message'
import { layers } from './layers'

// What one connection is made of. Everything is there from the start, so that nobody has to negotiate
// again when somebody comes, goes, or shares a screen.

/** Slots of the first offer: pairs for people on the stage, sound alone for the rest, one for a screen. */
export const firstPairs = 9
const soundSlots = 3
/** The most pairs that are ever offered. */
export const maxPairs = 24

/** Who sends: one transceiver for each thing that may be sent. */
export interface Senders {
  readonly microphone: RTCRtpTransceiver
  readonly camera: RTCRtpTransceiver
  readonly screen: RTCRtpTransceiver
  readonly screen_sound: RTCRtpTransceiver
}

export type SenderName = keyof Senders

/** One receiving place. */
export interface Place {
  readonly slot: number
  readonly kind: SlotKind
  readonly audio: RTCRtpTransceiver
  readonly video?: RTCRtpTransceiver
}

export function addSenders(pc: RTCPeerConnection): Senders {
  return {
    microphone: add(pc, 'audio', 'sendonly', [{ maxBitrate: 40_000 }]),
    camera: add(pc, 'video', 'sendonly', layers),
    screen: add(pc, 'video', 'sendonly', [{ maxBitrate: 2_500_000 }]),
    screen_sound: add(pc, 'audio', 'sendonly', [{ maxBitrate: 96_000 }]),
  }
}

/** The receiving places of a first offer, numbered from 0. */
export function addPlaces(pc: RTCPeerConnection): Place[] {
  const kinds: SlotKind[] = [...kindsOf('pair', firstPairs), ...kindsOf('audio', soundSlots), 'screen']
  return kinds.map((kind, slot) => addPlace(pc, kind, slot))
}

const kindsOf = (kind: SlotKind, count: number) => Array.from({ length: count }, () => kind)

export function addPlace(pc: RTCPeerConnection, kind: SlotKind, slot: number): Place {
  const audio = add(pc, 'audio', 'recvonly')
  return kind === 'audio' ? { slot, kind, audio } : { slot, kind, audio, video: add(pc, 'video', 'recvonly') }
}

function add(
  pc: RTCPeerConnection,
  kind: 'audio' | 'video',
  direction: 'sendonly' | 'recvonly',
  encodings?: readonly RTCRtpEncodingParameters[],
): RTCRtpTransceiver {
  const init = encodings
    ? { direction, sendEncodings: encodings.map((each) => ({ ...each })) }
    : { direction }
  const transceiver = pc.addTransceiver(kind, init)
  prefer(transceiver, kind)
  slim(transceiver)
  return transceiver
}

const wanted = { audio: /^audio\/opus$/i, video: /^video\/(vp8|rtx)$/i }

function prefer(transceiver: RTCRtpTransceiver, kind: 'audio' | 'video'): void {
  const known = RTCRtpReceiver.getCapabilities(kind)?.codecs ?? []
  const codecs = known.filter((each) => wanted[kind].test(each.mimeType))
  if (codecs.length === 0) return
  try {
    transceiver.setCodecPreferences(codecs)
  } catch {
    // The offer is then larger than it need be; the worker picks what it knows.
  }
}

const extensions = [
  'urn:ietf:params:rtp-hdrext:sdes:mid',
  'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id',
  'urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id',
  'urn:ietf:params:rtp-hdrext:ssrc-audio-level',
  'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
]

interface HeaderExtension {
  uri: string
  direction: RTCRtpTransceiverDirection
}

/** The part of the WebRTC extensions that not every browser has (and TypeScript does not know). */
interface Negotiates {
  getHeaderExtensionsToNegotiate?(): HeaderExtension[]
  setHeaderExtensionsToNegotiate?(wanted: HeaderExtension[]): void
}

// Header extensions that nobody reads cost bytes in every packet and lines in every offer.
function slim(transceiver: RTCRtpTransceiver & Negotiates): void {
  const known = transceiver.getHeaderExtensionsToNegotiate?.()
  if (!known) return
  try {
    transceiver.setHeaderExtensionsToNegotiate?.(
      known.map((each) => (extensions.includes(each.uri) ? each : { ...each, direction: 'stopped' })),
    )
  } catch {
    // A mandatory one was refused: then all stay.
  }
}

/** The m-lines of what is sent. Mids exist once a local description was set. */
export function senderMids(senders: Senders): Sender {
  const names = Object.keys(senders) as SenderName[]
  return Object.fromEntries(
    names.flatMap((name) => (senders[name].mid ? [[name, senders[name].mid]] : [])),
  ) as Sender
}

/** The m-lines of the receiving places. */
export function slotMids(places: readonly Place[]): SlotOffer[] {
  return places.flatMap(({ slot, kind, audio, video }) => {
    if (!audio.mid || (video && !video.mid)) return []
    return [{ slot, kind, audio: audio.mid, ...(video?.mid ? { video: video.mid } : {}) }]
  })
}
