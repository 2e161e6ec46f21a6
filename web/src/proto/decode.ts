import type { FromGateway, FromWorker, ToGateway, ToWorker } from './message'
import { lostReasons, machineStates, mediaSources, refusalCodes, roles, slotKinds } from './message'
import {
  figure,
  filled,
  flag,
  list,
  moment,
  object,
  oneOf,
  optional,
  type Reader,
  tag,
  text,
  WireError,
  whole,
} from './shape'

const maxMessage = 192 * 1024
/** The longest description in bytes: an answer with twenty pairs has about 48,000. */
export const maxSdp = 160 * 1024
const maxId = 0xffff_ffff

const participant = whole(1, maxId)
const participantOrNobody = whole(0, maxId)
const slot = whole(0, 63)

const connection: Reader<string> = (value, path) => {
  const got = text(value, path)
  if (!/^[A-Za-z0-9_-]{16,43}$/.test(got)) throw new WireError(`${path} is not a connection name`)
  return got
}

const wish = object({
  participant,
  source: oneOf(mediaSources),
  max_height: whole(1, 4320),
  priority: whole(0, 9),
  pinned: optional(flag),
})

const flags = { microphone: flag, camera: flag, screen: flag, screen_sound: flag }

const slotState = object({
  slot,
  participant: participantOrNobody,
  // An empty slot has no source; Go may write it as an empty text.
  source: optional<'camera' | 'screen' | undefined>((value, path) =>
    value === '' ? undefined : oneOf(mediaSources)(value, path),
  ),
})

const person = object({ participant, name: text, role: oneOf(roles) })

const sender = object({
  microphone: optional(text),
  camera: optional(text),
  screen: optional(text),
  screen_sound: optional(text),
})

const slotOffer = object({
  slot,
  kind: oneOf(slotKinds),
  audio: optional(text),
  video: optional(text),
})

const iceServer = object({
  urls: list(text),
  username: optional(text),
  credential: optional(text),
})

type Readers<M extends { type: string }> = {
  [T in M['type']]: Reader<Extract<M, { type: T }>>
}

const fromGateway: Readers<FromGateway> = {
  view: object({
    type: tag('view'),
    version: whole(1),
    room: text,
    organisation: optional(text),
    title: text,
    starts_at: optional(moment),
    role: oneOf(roles),
    waiting: whole(),
    present: whole(),
  }),
  refusal: object({
    type: tag('refusal'),
    code: oneOf(refusalCodes),
    title: optional(text),
    opens_at: optional(moment),
    retry_after_ms: optional(whole()),
  }),
  place: object({
    type: tag('place'),
    participant,
    resume: filled(512),
    role: oneOf(roles),
    admitted: flag,
  }),
  lobby: object({
    type: tag('lobby'),
    waiting: whole(),
    present: whole(),
    admitted: flag,
    machine: oneOf(machineStates),
    elapsed_ms: whole(),
    eta_ms: whole(),
    lost: optional(oneOf(lostReasons)),
  }),
  ready: object({ type: tag('ready'), connection, ice_servers: list(iceServer, 32) }),
  answer: object({ type: tag('answer'), connection, sdp: filled(maxSdp), slots: list(slotState) }),
  roster: object({ type: tag('roster'), people: list(person), waiting: optional(list(person)) }),
  lost: object({ type: tag('lost'), connection: text, reason: oneOf(lostReasons) }),
  removed: object({ type: tag('removed') }),
  replaced: object({ type: tag('replaced') }),
  fault: object({
    type: tag('fault'),
    code: text,
    re: optional(text),
    detail: optional(text),
  }),
}

const toGateway: Readers<ToGateway> = {
  look: object({
    type: tag('look'),
    version: whole(1),
    room: text,
    secret: optional(text),
    resume: optional(text),
  }),
  enter: object({ type: tag('enter'), name: filled(240), connection: optional(connection) }),
  offer: object({
    type: tag('offer'),
    connection,
    sdp: filled(maxSdp),
    sender,
    slots: list(slotOffer, 64),
    wishes: list(wish, 256),
    sources: object(flags),
  }),
  leave: object({ type: tag('leave') }),
  admit: object({
    type: tag('admit'),
    participants: optional(list(participant)),
    all: optional(flag),
  }),
  remove: object({ type: tag('remove'), participant }),
}

const fromWorker: Readers<FromWorker> = {
  slots: object({ type: tag('slots'), slots: list(slotState) }),
  people: object({ type: tag('people'), people: list(object({ participant, ...flags })) }),
  speaker: object({ type: tag('speaker'), participant: participantOrNobody }),
  quality: object({ type: tag('quality'), rtt_ms: whole(), loss_percent: figure }),
}

const toWorker: Readers<ToWorker> = {
  wishes: object({ type: tag('wishes'), wishes: list(wish, 256) }),
  sources: object({ type: tag('sources'), ...flags }),
}

function parse(json: string): unknown {
  if (json.length > maxMessage) throw new WireError('the message is too large')
  try {
    return JSON.parse(json)
  } catch {
    throw new WireError('the message is not JSON')
  }
}

const direction =
  <M extends { type: string }>(readers: Readers<M>) =>
  (json: string): M => {
    const value = parse(json)
    const type = object({ type: text })(value, 'message').type
    if (!Object.hasOwn(readers, type)) throw new WireError(`no message "${type}" here`)
    const read = readers[type as M['type']] as Reader<M>
    return read(value, type)
  }

/** Reads one message of the gateway. Throws a WireError. */
export const decodeFromGateway = direction<FromGateway>(fromGateway)
/** Reads one message of the worker. Throws a WireError. */
export const decodeFromWorker = direction<FromWorker>(fromWorker)
/** Reads what a page sends to the gateway, for tests and stand-ins. Throws a WireError. */
export const decodeToGateway = direction<ToGateway>(toGateway)
/** Reads what a page sends to the worker, for tests and stand-ins. Throws a WireError. */
export const decodeToWorker = direction<ToWorker>(toWorker)

/** Writes one message. */
export const encode = (message: ToGateway | ToWorker): string => JSON.stringify(message)
