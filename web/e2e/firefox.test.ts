import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Visitor, visit } from './harness/chromium'
import { FirefoxRoom } from './harness/firefox'
import { Gateway } from './harness/gateway'
import { framesDecoded, pictures, tones } from './harness/measure'
import { Room } from './harness/room'
import { until } from './harness/until'

// Firefox and Chromium in one call.

let gateway: Gateway
let visitor: Visitor
let chromium: Room
let firefox: FirefoxRoom

beforeAll(async () => {
  gateway = await Gateway.start()
  visitor = await visit({ colour: 'green', hertz: 880 })
  chromium = new Room(visitor.page)
  firefox = await FirefoxRoom.start()
})

afterAll(async () => {
  await firefox.close()
  await visitor.close()
  await gateway.dispose()
})

test('Firefox goes through the lobby into a call that Chromium chairs', async () => {
  const { chair, guests } = await gateway.links()
  await firefox.enter(guests, 'Sabine Fuchs')
  await firefox.shows('[data-test=lobby]')
  await chromium.open(chair)
  await chromium.enter('Anna Beispiel')
  await chromium.part('knock').filter({ hasText: 'Sabine Fuchs' }).waitFor()
  await chromium.part('admit').click()
  await firefox.shows('[data-test=call][data-flow=flowing]')
})

test('each sees the other, and frames keep coming', async () => {
  await chromium.tileOf('Sabine Fuchs').locator('video').waitFor()
  await firefox.shows('[data-test=tile] >>> video')
  await until('Chromium has a picture', async () => (await pictures(chromium.page)) === 1)
  const before = { chromium: await framesDecoded(chromium.page), firefox: (await firefox.received()).frames }
  await until(
    'frames rise in Chromium',
    async () => (await framesDecoded(chromium.page)) > before.chromium + 10,
  )
  await until('frames rise in Firefox', async () => (await firefox.received()).frames > before.firefox + 10)
})

test('each hears the other', async () => {
  await until('Chromium hears a tone', async () => (await tones(chromium.page)).length > 0)
  const { soundPackets } = await firefox.received()
  await until(
    'sound comes to Firefox',
    async () => (await firefox.received()).soundPackets > soundPackets + 20,
  )
  expect(await firefox.mediaAddress()).not.toBe('')
})

test('Firefox leaves, and its tile goes', async () => {
  await firefox.press('leave')
  await firefox.shows('[data-test=reason][data-reason=left]')
  await until(
    'the tile is gone',
    async () => (await chromium.tiles().filter({ hasText: 'Sabine Fuchs' }).count()) === 0,
  )
})
