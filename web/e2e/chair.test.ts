import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Visitor, visit } from './harness/chromium'
import { Gateway } from './harness/gateway'
import { Room } from './harness/room'

// What a chair can do while the machine still boots.

let gateway: Gateway
const visitors: Visitor[] = []

beforeAll(async () => {
  gateway = await Gateway.start({ bootDelay: '10s' })
})

afterAll(async () => {
  for (const v of visitors) await v.close()
  await gateway.dispose()
})

test('a chair sees in the lobby who waits, by name, and lets them in before there is a call', async () => {
  const links = await gateway.links()
  const rooms: Room[] = []
  for (const [name, link] of [
    ['Anna', links.chair],
    ['Emre', links.guests],
  ] as const) {
    const visitor = await visit()
    visitors.push(visitor)
    const room = new Room(visitor.page)
    rooms.push(room)
    await room.open(link)
    await room.enter(name, { microphone: false, camera: false })
  }
  const [chair, guest] = rooms as [Room, Room]
  await chair.part('waiting-person').filter({ hasText: 'Emre' }).waitFor()
  expect(await guest.page.locator('[data-test=waiting-list]').count(), 'a guest sees names').toBe(0)
  await chair.part('admit').click()
  await guest.page.locator('[data-test=lobby][data-admitted=true]').waitFor()
  await chair.part('call').waitFor()
  await guest.part('call').waitFor()
})
