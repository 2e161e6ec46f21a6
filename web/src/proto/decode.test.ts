import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { decodeFromGateway, decodeFromWorker, decodeToGateway, decodeToWorker, encode } from './decode'
import { WireError } from './shape'

const connection = 'abcdefghijklmnop'
const idle = { microphone: false, camera: false, screen: false, screen_sound: false }

describe('a message of the gateway', () => {
  it('is read field by field, and what is not known is dropped', () => {
    const read = decodeFromGateway(
      JSON.stringify({ type: 'place', participant: 7, resume: 'r', role: 'chair', admitted: true, extra: 1 }),
    )
    expect(read).toEqual({ type: 'place', participant: 7, resume: 'r', role: 'chair', admitted: true })
  })

  it('may leave lists out as null', () => {
    expect(decodeFromGateway('{"type":"roster","people":null}')).toEqual({ type: 'roster', people: [] })
    expect(decodeFromGateway(`{"type":"ready","connection":"${connection}","ice_servers":null}`)).toEqual({
      type: 'ready',
      connection,
      ice_servers: [],
    })
  })

  it('keeps an empty slot without a source', () => {
    expect(decodeFromWorker('{"type":"slots","slots":[{"slot":1,"participant":0,"source":""}]}')).toEqual({
      type: 'slots',
      slots: [{ slot: 1, participant: 0 }],
    })
  })

  it.each([
    ['not JSON', '{'],
    ['not an object', '[]'],
    ['without a type', '{}'],
    ['of an unknown type', '{"type":"toString"}'],
    ['of the other direction', '{"type":"leave"}'],
    ['with a role nobody has', '{"type":"place","participant":7,"resume":"r","role":"king","admitted":true}'],
    ['naming nobody', '{"type":"place","participant":0,"resume":"r","role":"chair","admitted":true}'],
    ['with a time that is none', '{"type":"refusal","code":"too_early","opens_at":"soon"}'],
    ['with a connection that is none', '{"type":"ready","connection":"x","ice_servers":[]}'],
    [
      'with a negative count',
      '{"type":"view","version":1,"room":"r","title":"t","role":"guest","waiting":-1,"present":0}',
    ],
    ['over the limit', `{"type":"fault","code":"${'x'.repeat(200_000)}"}`],
  ])('is refused when it is %s', (_, json) => {
    expect(() => decodeFromGateway(json)).toThrow(WireError)
  })
})

describe('what the page sends', () => {
  it('is read back as it was', () => {
    const look = { type: 'look', version: 1, room: 'rat', secret: 's' } as const
    expect(decodeToGateway(encode(look))).toEqual(look)
    const wishes = {
      type: 'wishes',
      wishes: [{ participant: 3, source: 'screen', max_height: 720, priority: 9, pinned: true }],
    } as const
    expect(decodeToWorker(encode({ ...wishes, wishes: [...wishes.wishes] }))).toEqual(wishes)
    expect(decodeToWorker(encode({ type: 'sources', ...idle }))).toEqual({ type: 'sources', ...idle })
  })

  it('is refused when a wish is out of range', () => {
    const wish = { participant: 3, source: 'camera', max_height: 0, priority: 1 }
    expect(() => decodeToWorker(JSON.stringify({ type: 'wishes', wishes: [wish] }))).toThrow(WireError)
  })
})

interface Vector {
  direction: string
  valid: boolean
  note: string
  /** The JSON, or the raw text where it is none. */
  message?: unknown
  text?: string
}

const file = new URL('../../../internal/wire/testdata/vectors.json', import.meta.url)
const vectors = JSON.parse(readFileSync(file, 'utf8')) as Vector[]

const decoders: Record<string, (json: string) => unknown> = {
  page_to_gateway: decodeToGateway,
  gateway_to_page: decodeFromGateway,
  page_to_worker: decodeToWorker,
  worker_to_page: decodeFromWorker,
}

describe.each(Object.entries(decoders))('the golden vectors, %s', (direction, decode) => {
  const mine = vectors.filter((each) => each.direction === direction)

  it.each(mine.filter((each) => each.valid))('are read: $note', ({ message }) => {
    expect(decode(JSON.stringify(message))).toMatchObject(message as object)
  })

  // What a page sends is judged by the gateway and the worker; a page has to judge what it is sent.
  it.each(mine.filter((each) => !each.valid && direction.endsWith('to_page')))(
    'are refused: $note',
    ({ message, text }) => {
      expect(() => decode(text ?? JSON.stringify(message))).toThrow(WireError)
    },
  )

  it('exist', () => {
    expect(mine.length).toBeGreaterThan(3)
  })
})
