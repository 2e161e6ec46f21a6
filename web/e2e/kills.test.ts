import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Visitor, visit } from './harness/chromium'
import { Gateway } from './harness/gateway'
import { colourOf, framesDecoded, pictures, received } from './harness/measure'
import { Room } from './harness/room'
import { until } from './harness/until'

// The two kills: the gateway in a call, then the worker. Nobody touches anything meanwhile.

const people = [
  { name: 'Anna', colour: 'red' },
  { name: 'Emre', colour: 'green' },
  { name: 'Katrin', colour: 'blue' },
] as const

let gateway: Gateway
const visitors: Visitor[] = []
let chair: Room
let guest: Room
let removed: Room

beforeAll(async () => {
  gateway = await Gateway.start()
  const { chair: chairLink, guests } = await gateway.links()
  // One camera is large enough for several layers.
  for (const { colour } of people)
    visitors.push(await visit({ colour, ...(colour === 'green' ? { size: [640, 480] } : {}) }))
  const [first, second, third] = visitors.map((v) => new Room(v.page))
  if (!first || !second || !third) throw new Error('not everybody came')
  ;[chair, guest, removed] = [first, second, third]
  await chair.open(chairLink)
  await chair.enter(people[0].name)
  await chair.part('call').waitFor()
  for (const [room, person] of [
    [guest, people[1]],
    [removed, people[2]],
  ] as const) {
    await room.open(guests)
    await room.enter(person.name)
    await chair.part('admit').click()
    await room.part('call').waitFor()
  }
  await until(
    'all see all',
    async () => (await pictures(chair.page)) === 2 && (await pictures(guest.page)) === 2,
  )
})

afterAll(async () => {
  for (const v of visitors) await v.close()
  await gateway.dispose()
})

const interrupted = async (room: Room) => (await room.part('interruption').getAttribute('data-kind')) !== ''
const outside = async (room: Room) =>
  (await room.page.locator('[data-reason=removed], [data-test=removed]').count()) > 0

async function lost(room: Room): Promise<number> {
  return await room.page.evaluate(async () => {
    let sum = 0
    for (const connection of window.seenConnections) {
      for (const report of (await connection.getStats()).values()) {
        if (report.type === 'inbound-rtp' && report.kind === 'video') sum += report.packetsLost ?? 0
      }
    }
    return sum
  })
}

test('somebody is removed before the gateway dies', async () => {
  await chair.part('people').click()
  await chair.page
    .locator('[data-test=person]')
    .filter({ hasText: people[2].name })
    .locator('[data-test=remove]')
    .click()
  await chair.part('confirm').click()
  await until('out', () => outside(removed))
  await chair.part('close-people').click()
})

test('while the gateway is dead, picture, labels and mute signs go on', async () => {
  const group = gateway.machineGroup()
  const before = await lost(chair)
  await gateway.kill()
  await until(
    'the pages say that they reconnect',
    async () => (await interrupted(chair)) && (await interrupted(guest)),
  )
  const frames = await framesDecoded(chair.page)
  await until('frames go on', async () => (await framesDecoded(chair.page)) > frames + 20)
  expect(await colourOf(chair.tileOf(people[1].name)), 'the label and the picture belong together').toBe(
    'green',
  )
  await guest.part('microphone').click()
  await until('the mute sign shows', async () =>
    (await chair.tileOf(people[1].name).locator('.plate').textContent())?.match(/stumm|Mikrofon aus/i),
  )
  await guest.part('microphone').click()
  expect(await lost(chair), 'packets were lost').toBe(before)
  expect(gateway.machineGroup(), 'the machine lives on').toBe(group)
})

test('a layer is switched while the gateway is dead', async () => {
  const height = async () =>
    Math.max(...(await received(chair.page)).filter((r) => r.kind === 'video').map((r) => r.height))
  const large = await until('the large picture comes', async () => (await height()) > 300 && (await height()))
  await chair.page.setViewportSize({ width: 360, height: 420 })
  await until('a smaller layer is forwarded', async () => (await height()) < large)
  await chair.page.setViewportSize({ width: 1280, height: 720 })
  await until('the large one again', async () => (await height()) === large)
})

test('the next gateway has them all back in place and role, and wakes and stops nothing', async () => {
  const group = gateway.machineGroup()
  await gateway.start()
  await until('the pages are back', async () => !(await interrupted(chair)) && !(await interrupted(guest)))
  expect(gateway.machineGroup()).toBe(group)
  expect(await chair.part('call').count()).toBe(1)
  await chair.part('people').click()
  const rows = chair.page.locator('[data-test=person]')
  await until('both are listed', async () => (await rows.count()) === 2)
  expect(
    await rows.filter({ hasText: people[1].name }).locator('[data-test=remove]').count(),
    'the chair is still the chair',
  ).toBe(1)
  await chair.part('close-people').click()
  await removed.page.reload()
  await removed.part('door').waitFor()
  expect(await removed.part('call').count(), 'who was removed came back').toBe(0)
})

test('the worker is killed: all are back on a new one by themselves, with an honest reason', async () => {
  const group = gateway.machineGroup()
  const said = Promise.all(
    [chair, guest].map((room) =>
      room.page.locator('[data-test=lost][data-reason=machine_lost]').first().waitFor(),
    ),
  )
  gateway.killMachine()
  await said
  await until('another process runs', () => {
    const now = gateway.machineGroup()
    return now && now !== group
  })
  for (const room of [chair, guest]) await room.part('call').waitFor()
  await until(
    'pictures again',
    async () => (await pictures(chair.page)) >= 1 && (await pictures(guest.page)) >= 1,
  )
  await until('the right colours', async () => (await colourOf(chair.tileOf(people[1].name))) === 'green')
  await until('the right colours', async () => (await colourOf(guest.tileOf(people[0].name))) === 'red')
})

test('the ledger holds both runs, the lost one closed, and every used minute', async () => {
  const page = removed.page
  await page.goto((await gateway.links()).signIn)
  await page.locator('[data-test=signin]').first().click()
  // Signing in ends in another page: asking before it is there would be cut off.
  await page.waitForURL('**/organise')
  const costs = await until('both runs are booked', async () => {
    const answer = await page.evaluate(async () => await (await fetch('/api/v1/costs')).json())
    return answer.runs?.length === 2 ? answer : undefined
  })
  const [first, second] = costs.runs
  expect(first.until, 'the lost run has an end').toBeTruthy()
  expect(second.until, 'the new run has none yet').toBeFalsy()
  expect(new Date(second.from).getTime()).toBeGreaterThanOrEqual(new Date(first.until).getTime())
  expect(costs.sum.difference_nano_eur).toBe(0)
  expect(costs.sum.used_seconds).toBeGreaterThan(0)
  // People were in from the first minute to the last one, the gateway's death included: no minute may count as empty.
  for (const empty of ['hold', 'drain', 'prewarm'])
    expect(costs.sum.by_class[empty]?.seconds ?? 0, empty).toBe(0)
})
