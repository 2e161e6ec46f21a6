import { afterAll, beforeAll, expect, test } from 'vitest'
import { violations } from './harness/accessible'
import { type Devices, type Visitor, visit } from './harness/chromium'
import { Gateway, type Links } from './harness/gateway'
import { colourOf, pictures } from './harness/measure'
import { Office } from './harness/office'
import { Room } from './harness/room'
import { type Sleeper, visitSleepy } from './harness/sleep'
import { until } from './harness/until'

// What people do with tabs, reloads, laptops and missing cameras. One call carries all tests: each
// begins where the one before ended.

let gateway: Gateway
let office: Office
let links: Links
let id: string
let visitor: Visitor
let sleeper: Sleeper
let chair: Room
const guests: Room[] = []

beforeAll(async () => {
  gateway = await Gateway.start({ environment: { WECKRUF_ROOM_GRACE: '2s' } })
  links = await gateway.links()
  id = /\/r\/([^#]+)/.exec(links.guests)?.[1] ?? ''
  office = await Office.signIn(gateway)
  visitor = await visit({ colour: 'red' })
  chair = new Room(visitor.page)
  sleeper = await visitSleepy({ colour: 'green' })
})

afterAll(async () => {
  await sleeper.close()
  await visitor.close()
  await gateway.dispose()
})

const guest = (n: number): Room => {
  const room = guests[n]
  if (!room) throw new Error(`there is no guest ${n}`)
  return room
}

/** A guest comes by the common link in this tab, and the chair lets them in. */
async function admitted(room: Room, name: string, devices: { microphone?: boolean; camera?: boolean }) {
  await room.open(links.guests)
  await room.enter(name, devices)
  await admit(name)
  await room.part('call').waitFor()
}

/** The chair lets in the only one who waits. Browsers draw slowly what lies behind another tab. */
async function admit(name: string): Promise<void> {
  await chair.page.bringToFront()
  await chair.part('knock').filter({ hasText: name }).waitFor()
  await chair.part('admit').click()
}

test('whoever enters while the machine is held is in the call at once', async () => {
  await office.prewarm(id, 30)
  await until('the machine is held', async () => (await office.machineState()) === 'holding')
  await chair.open(links.chair)
  await chair.switchOn('camera')
  await chair.part('name').fill('Anna Beispiel')
  const pressed = Date.now()
  await chair.part('enter').click()
  await chair.page.locator('[data-test=call][data-flow=flowing]').waitFor()
  // Half a second on a quiet machine; a wake would take its boot delay and more.
  expect(Date.now() - pressed).toBeLessThan(10_000)
  expect(visitor.page.url()).toBe(links.chair)
})

test('a guest closes the laptop, for longer than any patience', async () => {
  const room = new Room(sleeper.page)
  await admitted(room, 'Sabine Klein', { microphone: false })
  await until('the chair sees her', async () => (await colourOf(chair.tileOf('Sabine Klein'))) === 'green')
  sleeper.sleep()
})

test('two tabs by the same link are two people', async () => {
  for (const name of ['Emre Muster', 'Katrin Probe']) {
    const room = new Room(await visitor.page.context().newPage())
    guests.push(room)
    await room.open(links.guests)
    await room.enterQuietly(name)
    await room.part('lobby').waitFor()
  }
  await until('two wait', async () => (await office.room(id)).waiting >= 2)
  await chair.page.bringToFront()
  await chair.part('people').click()
  const waiting = chair.page.locator('[data-test=waiting-person]')
  for (const name of ['Emre Muster', 'Katrin Probe']) await waiting.filter({ hasText: name }).waitFor()
})

test('a reload in the lobby keeps the place', async () => {
  const waiting = chair.page.locator('[data-test=waiting-person]')
  const row = waiting.filter({ hasText: 'Emre Muster' })
  const place = await row.getAttribute('data-participant')
  await guest(0).page.reload()
  await guest(0).part('lobby').waitFor()
  expect(await guest(0).part('door').count()).toBe(0)
  expect(await row.getAttribute('data-participant')).toBe(place)
  await chair.page.bringToFront()
  for (const name of ['Emre Muster', 'Katrin Probe']) {
    expect(await waiting.filter({ hasText: name }).count()).toBe(1)
    await waiting.filter({ hasText: name }).locator('[data-test=admit]').click()
  }
  for (const each of guests) await each.part('call').waitFor()
  await until(
    'the keyboard stays in the list',
    async () => (await chair.page.evaluate(focused)) === 'people-heading',
  )
  await chair.part('close-people').click()
})

test('a duplicated tab takes the place over, and the older one can have it back', async () => {
  const [copy] = await Promise.all([
    visitor.page.context().waitForEvent('page'),
    guest(0).page.evaluate(() => window.open(location.href)),
  ])
  const second = new Room(copy)
  await second.part('call').waitFor()
  await guest(0).ending('replaced').filter({ hasText: 'in einem anderen Fenster' }).waitFor()
  expect(await violations(guest(0).page)).toEqual([])
  await guest(0).page.bringToFront()
  await guest(0).page.getByRole('button', { name: 'Hier weitermachen' }).click()
  await guest(0).part('call').waitFor()
  await second.ending('replaced').waitFor()
  await until('there is one tile of him', async () => (await chair.tileOf('Emre Muster').count()) === 1)
  expect(await chair.tiles().filter({ hasText: 'Emre Muster' }).count()).toBe(1)
  await copy.close()
})

test('a reload in the call comes back by itself, with role and admission', async () => {
  for (const each of [guest(1), chair]) {
    await each.page.bringToFront()
    await each.page.reload()
    await each.page.locator('[data-test=call][data-flow=flowing]').waitFor()
  }
  await until(
    'the camera is on again',
    async () => (await colourOf(guest(1).tileOf('Anna Beispiel'))) === 'red',
  )
  await chair.page.bringToFront()
  await chair.part('people').click()
  const row = chair.page.locator('[data-test=person]').filter({ hasText: 'Katrin Probe' })
  await row.locator('[data-test=remove]').waitFor()
  await chair.part('close-people').click()
})

/** Who knew it at the door is not told again, unless they press the switch in the call. */
async function toldInTheCall(room: Room, fault: string) {
  const notice = room.part('camera-fault')
  expect(await notice.count()).toBe(0)
  await room.part('camera').focus()
  await room.page.keyboard.press('Enter')
  await notice.waitFor()
  expect(await notice.getAttribute('data-fault')).toBe(fault)
  expect(await notice.getAttribute('role')).toBe('alert')
  expect(await violations(room.page)).toEqual([])
  await room.part('dismiss').focus()
  await room.page.keyboard.press('Enter')
  await notice.waitFor({ state: 'detached' })
  expect(await room.page.evaluate(focused), 'the keyboard is not lost').toBe('title')
}

function focused(): string {
  let at = document.activeElement
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement
  return at?.getAttribute('data-test') ?? at?.id ?? ''
}

/** Somebody presses both switches, is told what is wrong and what to do, and enters all the same. */
async function withoutDevices(devices: Devices, fault: string, microphone: RegExp, camera: RegExp) {
  const poor = await visit(devices)
  try {
    const room = new Room(poor.page)
    await room.open(links.guests)
    await room.part('microphone').click()
    await room.part('camera').click()
    for (const [device, words] of [
      ['microphone', microphone],
      ['camera', camera],
    ] as const) {
      const notice = room.part(`${device}-fault`)
      await notice.filter({ hasText: words }).waitFor()
      expect(await notice.getAttribute('data-fault')).toBe(fault)
      expect(await room.part(device).getAttribute('aria-pressed')).toBe('false')
    }
    expect(await violations(poor.page)).toEqual([])
    await room.part('name').fill('Peter Still')
    await room.part('enter').click()
    await admit('Peter Still')
    await room.part('call').waitFor()
    await until('he sees the chair', async () => (await colourOf(room.tileOf('Anna Beispiel'))) === 'red')
    await chair.tileOf('Peter Still').waitFor()
    await toldInTheCall(room, fault)
    await room.part('leave').click()
    await room.ending('left').waitFor()
  } finally {
    await poor.close()
  }
}

test('without camera and microphone one is told so, and takes part by listening', async () => {
  await withoutDevices(
    { present: false },
    'missing',
    /kein Mikrofon.*ohne Mikrofon eintreten/,
    /keine Kamera.*ohne Kamera eintreten/,
  )
})

test('whose permission is refused is told where to grant it, and takes part by listening', async () => {
  await withoutDevices(
    { permission: false },
    'denied',
    /gibt das Mikrofon nicht frei.*erlauben Sie/,
    /gibt die Kamera nicht frei.*erlauben Sie/,
  )
})

test('whoever enters while the machine stops waits for the next one, and keeps the place', async () => {
  const brief = await Gateway.start({ bootDelay: '200ms', idle: '200ms' })
  const room = new Room(await visitor.page.context().newPage())
  try {
    await room.open((await brief.links()).chair)
    await room.enterQuietly('Anna Beispiel')
    await room.part('call').waitFor()
    const before = brief.machineGroup()
    brief.fault('will-not-stop')
    await room.part('leave').click()
    await until('it stops', () => / msg=machine .*to=stopping/.test(brief.output))
    await room.part('come-back').click()
    await room.part('door').waitFor()
    await room.enterQuietly('Anna Beispiel')
    await room.page.locator('[data-test=lobby][data-machine=queued]').waitFor()
    await room
      .part('lobby-lead')
      .filter({ hasText: /Platz bleibt erhalten.*müssen nichts tun/ })
      .waitFor()
    expect(brief.machineGroup()).toBe(before)
    brief.fault('')
    await room.part('call').waitFor()
    expect(brief.machineGroup()).not.toBe(before)
    await room.page.close()
  } finally {
    await brief.dispose()
  }
})

test('the laptop wakes, long after it was given up, and is back by itself', async () => {
  await until(
    'she was given up',
    async () => (await chair.tiles().filter({ hasText: 'Sabine Klein' }).count()) === 0,
  )
  await until(
    'her line was given up, too',
    async () => /^weckruf_page_sockets 3$/m.test(await gateway.metrics()),
    100_000,
  )
  sleeper.wake()
  const room = new Room(sleeper.page)
  await until(
    'picture again',
    async () => (await room.part('call').count()) === 1 && (await pictures(sleeper.page)) > 0,
  )
  await until('in her colour', async () => (await colourOf(chair.tileOf('Sabine Klein'))) === 'green')
})
