import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { t as finance } from '../src/i18n/finance'
import { type Costs, classes, type Machine, type Room as RoomPlan } from '../src/ui/office/model'
import { type Visitor, visit } from './harness/chromium'
import { Gateway } from './harness/gateway'
import { fillMonth, invite, Organiser, screenshots, signInLink } from './harness/organiser'
import { Room } from './harness/room'
import { until } from './harness/until'

// An organiser's week in one browser: signing in, rooms and links, a machine that is pre-warmed,
// used and stopped, the bill. The tests follow each other: each begins where the one before ended.

// A name with a word longer than a phone is wide stays to the end, one with markup until it is deleted.
const council = 'Sitzung des Grundstücksverkehrsgenehmigungszuständigkeitsausschusses'
const building = 'Bauausschuss <2026> & Partner'

let gateway: Gateway
let visitor: Visitor
let office: Organiser
let guest: Room
let link: string

beforeAll(async () => {
  gateway = await Gateway.start({ firstRoom: '', environment: { WECKRUF_MACHINE_PRICING: 'hour' } })
  visitor = await visit({ context: { permissions: ['clipboard-read', 'clipboard-write'] } })
  office = new Organiser(visitor.page)
  guest = new Room(await strangersPage())
  link = await signInLink(gateway)
})

afterAll(async () => {
  await visitor?.close()
  await gateway?.dispose()
})

/** A page of somebody else: nothing of the organiser's is kept there. */
async function strangersPage() {
  const context = await visitor.page.context().browser()?.newContext({ locale: 'de-DE' })
  if (!context) throw new Error('the browser is gone')
  return await context.newPage()
}

const me = async () => await office.page.evaluate(async () => (await fetch('/api/v1/me')).status)
const rooms = async () => (await office.ask<{ rooms: RoomPlan[] }>('/api/v1/rooms')).rooms
const costs = async () => await office.ask<Costs>('/api/v1/costs')
const machine = async () => (await office.ask<{ machines: Machine[] }>('/api/v1/machines')).machines[0]
const shows = async (state: string) =>
  await office.page.locator(`[data-test=machine][data-state=${state}]`).waitFor({ timeout: 60_000 })

async function planned(title: string): Promise<RoomPlan> {
  const found = (await rooms()).find((room) => room.title === title)
  if (!found) throw new Error(`there is no room ${title}`)
  return found
}

test('the office says who may come in, and how', async () => {
  await office.page.goto(`${gateway.origin}/organise`)
  await office.part('signed-out').waitFor()
  await office.inspect('organise, signed out')
  await office.page.goto(`${gateway.origin}/finance`)
  await office.part('signed-out').waitFor()
  await office.page.goto(`${gateway.origin}/signin`)
  await office.part('signin-missing').waitFor()
  await office.inspect('sign-in without a link')
})

test('opening the sign-in link signs nobody in, its button does', async () => {
  expect((await fetch(link)).headers.get('set-cookie')).toBeNull()
  await office.page.goto(link)
  await office.part('signin').waitFor()
  await office.inspect('sign-in')
  expect(await me()).toBe(401)
  await office.part('signin').click()
  await office.part('organise').waitFor()
  expect(await me()).toBe(200)
  expect(office.page.url()).toBe(`${gateway.origin}/organise`)
  await office.inspect('organise without rooms')
})

test('a sign-in link works once, and the page says so', async () => {
  const second = new Organiser(await strangersPage())
  await second.page.goto(link)
  await second.part('signin').click()
  await second.part('signin-spent').waitFor()
  await second.inspect('sign-in with a spent link')
  await second.page.goto(`${gateway.origin}/organise`)
  await second.part('signed-out').waitFor()
})

test('bin/gateway invite prints a new link that works beside the running gateway', async () => {
  const fresh = invite(gateway)
  expect(fresh).not.toBe(link)
  const second = new Organiser(await strangersPage())
  await second.signIn(fresh)
  await second.page.goto(`${gateway.origin}/signin`)
  await second.part('signin-inside').waitFor()
  expect(await me(), 'the first one stays signed in').toBe(200)
})

test('a room can be made with the keyboard alone', async () => {
  const { page } = office
  await page.reload()
  await office.part('organise').waitFor()
  await office.tabTo('room-new')
  await page.keyboard.press('Enter')
  await office.part('form-title').waitFor()
  await office.tabTo('form-save')
  await page.keyboard.press('Enter')
  await until('the missing name has the focus', async () => (await office.focused()) === 'form-title')
  await page.keyboard.type(`  ${council} `)
  await page.keyboard.press('Enter')
  await office.room(council).waitFor()
  await until('it is said', async () => (await office.part('toast').textContent())?.includes(council))
  await until('the focus is where it was', async () => (await office.focused()) === 'room-new')
  expect((await planned(council)).waiting_room, 'the waiting room is on by default').toBe(true)
  expect((await planned(council)).starts_at).toBeUndefined()
})

test('a room can be made with a time, and a half one is refused kindly', async () => {
  await office.part('room-new').click()
  await office.part('form-title').fill(building)
  await office.part('form-date').fill('2199-03-28')
  await office.part('form-save').click()
  expect(await office.page.locator('#moment-fault').textContent()).not.toBe('')
  await office.inspect('a form with a fault')
  await office.part('form-time').fill('19:00')
  await office.part('form-capacity').fill('25')
  await office.part('form-save').click()
  await office.room(building).waitFor()
  expect(await planned(building)).toMatchObject({ starts_at: '2199-03-28T18:00:00Z', capacity: 25 })
  expect(await office.room(building).locator('[data-test=room-when]').textContent()).toContain('19:00')
  await office.inspect('organise with rooms')
})

test('a room can be edited, also its time taken away', async () => {
  await office.room(building).locator('[data-test=room-edit]').click()
  expect(await office.part('form-time').inputValue(), 'the form shows what is stored').toBe('19:00')
  await office.part('form-date').fill('')
  await office.part('form-time').fill('')
  await office.part('form-waiting').uncheck()
  await office.part('form-save').click()
  await until('it is stored', async () => !(await planned(building)).starts_at)
  expect(await planned(building)).toMatchObject({ waiting_room: false, capacity: 25 })
})

test('links are covered until asked for, and are copied as they are', async () => {
  const card = office.room(council)
  const { links } = await planned(council)
  for (const [party, { url }] of Object.entries(links)) {
    expect(await card.locator(`[data-test=link-${party}-url]`).count(), 'a link is shown unasked').toBe(0)
    await card.locator(`[data-test=link-${party}-copy]`).click()
    const copied = async () => await office.page.evaluate(async () => await navigator.clipboard.readText())
    await until('it is copied', async () => (await copied()) === url)
    await card.locator(`[data-test=link-${party}-show]`).click()
    expect(await card.locator(`[data-test=link-${party}-url]`).inputValue()).toBe(url)
  }
  await office.inspect('organise with links shown')
})

async function renew(hours: number): Promise<void> {
  await office.room(council).locator('[data-test=link-guest-renew]').click()
  await office.part(`choice-${hours}`).check()
  if (hours > 0) await office.inspect('renewing a link')
  await office.part('renew').click()
  await office.part('dialog').waitFor({ state: 'detached' })
}

test('a renewed link replaces the old one, which may still knock for a day', async () => {
  const old = (await planned(council)).links.guest.url
  await renew(24)
  const fresh = (await planned(council)).links.guest.url
  expect(fresh).not.toBe(old)
  await office.room(council).locator('[data-test=link-guest-age]').waitFor()
  await guest.open(old)
  await guest.open(fresh)
  expect((await planned(council)).links.chair.generation, 'the chair keeps theirs').toBe(1)
})

test('a link that is renewed without a delay is withdrawn', async () => {
  const old = (await planned(council)).links.guest.url
  await renew(0)
  await guest.page.goto('about:blank')
  await guest.page.goto(old)
  await guest.page.locator('[data-reason=withdrawn]').first().waitFor()
})

test('a room is deleted only after a question', async () => {
  const { room } = await planned(building)
  const guests = (await planned(building)).links.guest.url
  await office.room(building).locator('[data-test=room-delete]').click()
  await office.inspect('deleting a room')
  await office.part('cancel').click()
  expect((await planned(building)).room).toBe(room)
  await office.room(building).locator('[data-test=room-delete]').click()
  await office.part('confirm').click()
  await office.room(building).waitFor({ state: 'detached' })
  expect((await rooms()).map(({ title }) => title)).toEqual([council])
  await guest.page.goto('about:blank')
  await guest.page.goto(guests)
  await guest.page.locator('[data-reason=wrong_link]').first().waitFor()
})

test('looking at all that woke nothing', async () => {
  expect(gateway.machineGroup()).toBeUndefined()
  await shows('off')
  expect((await costs()).runs).toEqual([])
})

test('pre-warming boots a machine and holds it, and the page says until when and for how much', async () => {
  await office.room(council).locator('[data-test=room-prewarm]').click()
  await office.part('choice-15').check()
  expect(await office.part('prewarm-cost').textContent()).toMatch(/\d,\d{2,}\s€/)
  await office.inspect('pre-warming')
  await office.part('prewarm').click()
  await until('a machine runs', () => gateway.machineGroup())
  await shows('holding')
  await office.room(council).locator('[data-test=room-prewarm-until]').waitFor()
  expect(await office.part('machine-paid').textContent()).toMatch(/\d\d:\d\d Uhr/)
  const now = await machine()
  expect(Date.parse(now?.paid_until ?? '')).toBeGreaterThan(Date.now() + 50 * 60_000)
  expect(Date.parse(now?.prewarm_until ?? '')).toBeGreaterThan(Date.now() + 10 * 60_000)
  await office.inspect('organise with a machine held warm')
})

test('its minutes are booked as pre-warm to this room', async () => {
  const { room } = await planned(council)
  const row = await until('there is a row', async () =>
    (await costs()).rows.find((r) => r.class === 'prewarm' && r.seconds > 0),
  )
  expect(row.room).toBe(room)
})

test('stopping asks first, and then the machine is really gone', async () => {
  await office.part('machine-stop').click()
  await office.inspect('stopping a machine')
  await office.part('confirm').click()
  await until('the process is gone', () => gateway.machineGroup() === undefined)
  await shows('off')
  const { runs, sum } = await until('the run is closed', async () => {
    const answer = await costs()
    return answer.runs[0]?.until ? answer : undefined
  })
  expect(runs).toHaveLength(1)
  expect(sum.difference_nano_eur).toBe(0)
})

test('a machine with somebody in it is not stopped, and the page says why', async () => {
  await guest.open((await planned(council)).links.chair.url)
  await guest.enter('Katrin Probe', { microphone: false, camera: false })
  await guest.part('call').waitFor()
  await shows('serving')
  await until('the page knows of one person', async () => (await office.part('room-present').count()) === 1)
  await office.part('machine-stop').click()
  await office.part('understood').waitFor()
  await office.inspect('a stop that is refused')
  await office.part('understood').click()
  const refused = await office.page.evaluate(async () => {
    const headers = { 'Content-Type': 'application/json' }
    const answer = await fetch('/api/v1/machines/local-1/stop', { method: 'POST', headers, body: '{}' })
    return [answer.status, (await answer.json()).error.code]
  })
  expect(refused).toEqual([409, 'in_use'])
  expect(gateway.machineGroup()).toBeDefined()
  await until('the minute is booked', async () => (await costs()).rows.some((row) => row.class === 'used'))
  await guest.part('leave').click()
  await until('it may be stopped', async () => (await machine())?.can_stop)
  await until('the page knows', async () => (await office.part('room-present').count()) === 0)
  await office.part('machine-stop').click()
  await office.part('confirm').click()
  await shows('off')
  expect(gateway.machineGroup()).toBeUndefined()
})

/** The class that the finance page calls so. */
const classCalled = (word: string) => classes.find((each) => finance.de[each] === word)

async function shownRows(): Promise<string[]> {
  const rows = office.page.locator('[data-test=bill-row]')
  return await rows.evaluateAll((all) =>
    all.map((row) => {
      const { class: of, room, seconds, nano } = (row as HTMLElement).dataset
      return [room, of, seconds, nano].join(' ')
    }),
  )
}

/** The fields of a line, of which some are quoted. */
const fieldsOf = (line: string) =>
  [...line.matchAll(/(?:^|;)(?:"((?:[^"]|"")*)"|([^;]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  )

function rowsOf(csv: string): string[] {
  const lines = csv.replace('\ufeff', '').trim().split('\r\n').slice(1)
  return lines.map((line) => {
    const [, room, , kind, , seconds, euro] = fieldsOf(line)
    const nano = BigInt((euro ?? '').replace(',', ''))
    return [room, classCalled(kind ?? ''), seconds, nano].join(' ')
  })
}

test('the finance page shows where the money went, and that it adds up', async () => {
  await office.part('area-finance').click()
  await office.part('finance').waitFor()
  const { rows, runs, sum } = await costs()
  expect(runs).toHaveLength(2)
  expect(rows.map((row) => row.class)).toEqual(expect.arrayContaining(['boot', 'prewarm', 'used', 'waste']))
  expect(await office.part('verdict').getAttribute('data-even')).toBe('true')
  expect(await office.page.locator('[data-test=run]').count()).toBe(2)
  expect((await shownRows()).sort()).toEqual(
    rows.map((row) => [row.room, row.class, row.seconds, row.nano_eur].join(' ')).sort(),
  )
  expect(await office.part('bill-sum').getAttribute('data-nano')).toBe(String(sum.origin_nano_eur))
  expect(rows.reduce((all, row) => all + row.nano_eur, 0)).toBe(sum.origin_nano_eur)
  await office.inspect('finance')
})

test('a figure leads to its rows, also by the address', async () => {
  await office.page.locator('[data-test=class][data-class=prewarm] button').click()
  const some = await shownRows()
  expect(some.length).toBeGreaterThan(0)
  expect(some.every((row) => row.split(' ')[1] === 'prewarm')).toBe(true)
  await office.inspect('finance with a choice')
  await office.page.reload()
  await until('the same rows', async () => (await shownRows()).join() === some.join())
  await office.part('filter-all').click()
  await until('all rows', async () => (await shownRows()).length > some.length)
})

test('the table to download says the same as the page', async () => {
  const waiting = office.page.waitForEvent('download')
  await office.part('csv').click()
  const file = await waiting
  expect(file.suggestedFilename()).toMatch(/^kosten-\d{4}-\d\d\.csv$/)
  const text = readFileSync(await file.path(), 'utf8')
  expect(rowsOf(text).sort()).toEqual((await shownRows()).sort())
  expect(text).toContain(council)
})

test('a month without costs says so', async () => {
  await office.part('month-before').click()
  await office.part('empty').waitFor()
  await office.inspect('finance without rows')
})

test('while the gateway is away the pages say so, and recover by themselves', async () => {
  const away = new Organiser(await office.page.context().newPage())
  await away.page.goto(`${gateway.origin}/organise`)
  await away.part('organise').waitFor()
  await gateway.kill()
  await away.part('stale').waitFor()
  expect(await away.room(council).count(), 'what was known stays').toBe(1)
  await away.inspect('organise while the gateway is away')
  await away.part('room-new').click()
  await away.part('form-title').fill('Ältestenrat')
  await away.part('form-save').click()
  await away.part('fault').waitFor()
  await away.inspect('a form that could not be sent')
  await office.part('month-after').click()
  await office.part('broken').waitFor()
  await office.inspect('finance while the gateway is away')
  await gateway.start()
  await office.part('bill').waitFor({ timeout: 60_000 })
  await away.part('stale').waitFor({ state: 'detached', timeout: 60_000 })
  expect(await away.part('form-title').inputValue(), 'what was entered is still there').toBe('Ältestenrat')
  await away.part('form-save').click()
  await away.room('Ältestenrat').waitFor()
  expect(away.complaints).toEqual([])
})

test('signing out ends it everywhere in this browser', async () => {
  await office.part('sign-out').click()
  await office.part('signed-out').waitFor()
  expect(await me()).toBe(401)
  await office.page.goto(`${gateway.origin}/organise`)
  await office.part('signed-out').waitFor()
})

test.each(['/', '/impressum', '/datenschutz', '/barrierefreiheit', '/hilfe'])(
  '%s can be read by everybody',
  async (path) => {
    await office.page.goto(gateway.origin + path)
    await office.page.locator('h1').first().waitFor()
    await office.inspect(path)
  },
)

test('every request stayed on the own origin, and the browser had nothing to complain about', () => {
  expect(office.requests.length).toBeGreaterThan(20)
  const own = (url: string) => url.startsWith(gateway.origin) || url.startsWith('blob:')
  expect(office.requests.filter((url) => !own(url))).toEqual([])
  expect(office.complaints).toEqual([])
})

const longest = 1800 // pixels of a picture

/** Takes the page in German on a desktop and on a phone. */
async function picture(name: string): Promise<void> {
  for (const [device, width, height] of [
    ['desktop', 1280, 900],
    ['phone', 390, 844],
  ] as const) {
    await office.page.setViewportSize({ width, height })
    const all = await office.page.evaluate(() => document.documentElement.scrollHeight)
    const clip = { x: 0, y: 0, width, height: Math.min(all, longest) }
    await office.page.screenshot({ path: `${screenshots}/${name}-${device}.png`, fullPage: true, clip })
  }
}

test.runIf(screenshots)('pictures are taken of a month that a small town could have had', async () => {
  const town = await Gateway.start({ firstRoom: '' })
  try {
    await town.stop()
    fillMonth(town)
    await town.start()
    await office.page.goto(await signInLink(town))
    await office.part('signin').waitFor()
    await picture('signin')
    await office.part('signin').click()
    await office.part('area-finance').click()
    await office.part('bill').waitFor()
    expect(await office.part('verdict').getAttribute('data-even')).toBe('true')
    await picture('finance')
    await office.part('area-organise').click()
    await office.room('Gemeinderat').locator('[data-test=room-prewarm]').click()
    await office.part('prewarm').click()
    await shows('holding')
    await until('nothing is said over the page', async () => !(await office.part('toast').textContent()))
    await picture('organise')
  } finally {
    await town.dispose()
  }
})
