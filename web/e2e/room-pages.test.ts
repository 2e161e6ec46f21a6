import { join } from 'node:path'
import type { BrowserContextOptions } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { overflow, violations } from './harness/accessible'
import { type Visitor, visit } from './harness/chromium'
import { Gateway, type Links } from './harness/gateway'
import { anna, type Looks, lookLike, peter, sabine } from './harness/portrait'
import { Room } from './harness/room'
import { until } from './harness/until'

// Every state of the room page, looked at with the eyes of people who see little, have a phone, like
// the dark, want nothing to move, or use the keyboard alone. With WECKRUF_SCREENSHOTS set to a folder,
// pictures are left there. The gateway must not inherit the variable.

const pictures = process.env.WECKRUF_SCREENSHOTS
delete process.env.WECKRUF_SCREENSHOTS

let gateway: Gateway
let links: Links
let visitor: Visitor

/** German and English: two chairs in the call, and two guests. */
let chairs: [Room, Room]
let guests: [Room, Room]

beforeAll(async () => {
  gateway = await Gateway.start({ bootDelay: '200ms' })
  links = await gateway.links()
  visitor = await visit({ present: false })
  chairs = [await person(anna, 'de-DE'), await person(peter, 'en-GB')]
  guests = [await person(sabine, 'de-DE'), await person(peter, 'en-GB')]
})

afterAll(async () => {
  await visitor.close()
  await gateway.dispose()
})

const wide = { width: 1280, height: 800 }
const phone = { width: 390, height: 844 }

async function person(looks: Looks, locale: string, options: BrowserContextOptions = {}): Promise<Room> {
  const browser = visitor.page.context().browser()
  if (!browser) throw new Error('the browser is gone')
  const context = await browser.newContext({
    locale,
    timezoneId: 'Europe/Berlin',
    viewport: wide,
    ...options,
  })
  await lookLike(context, looks)
  return new Room(await context.newPage())
}

const leave = async (room: Room) => await room.page.context().close()

const looks = {
  german: [
    { ...wide, colorScheme: 'light' },
    { ...phone, colorScheme: 'dark' },
  ],
  english: [
    { ...phone, colorScheme: 'light' },
    { ...wide, colorScheme: 'dark' },
  ],
} as const

/** Nothing is wrong with what this person sees, on either screen and in either light, nor at 320 px. */
async function inspect(what: string, room: Room): Promise<void> {
  const { page } = room
  const german = (await page.locator('html').getAttribute('lang')) === 'de'
  await page.bringToFront()
  for (const { width, height, colorScheme } of german ? looks.german : looks.english) {
    await page.setViewportSize({ width, height })
    await page.emulateMedia({ colorScheme })
    expect(await violations(page), `${what}, ${width} px, ${colorScheme}`).toEqual([])
  }
  await page.setViewportSize({ width: 320, height: 640 })
  const scrolls = { message: `${what} scrolls sideways at 320 px`, timeout: 10_000 }
  await expect.poll(() => overflow(page), scrolls).toBe(0)
  await page.setViewportSize(wide)
  await page.emulateMedia({ colorScheme: 'light' })
}

async function inspectBoth(what: string, rooms: readonly Room[]): Promise<void> {
  for (const room of rooms) await inspect(what, room)
}

/** Leaves a picture of a page on a desktop and one on a phone, without anything that glides. */
async function picture(name: string, { page }: Room): Promise<void> {
  if (!pictures) return
  await page.bringToFront()
  await page.mouse.move(0, 0)
  await page.emulateMedia({ reducedMotion: 'reduce' })
  for (const [device, size] of [
    ['phone', phone],
    ['desktop', wide],
  ] as const) {
    await page.setViewportSize(size)
    // What is laid out anew when the size has changed stands after two frames.
    await page.evaluate(async () => {
      for (let n = 0; n < 3; n++) await new Promise(requestAnimationFrame)
    })
    await page.screenshot({ path: join(pictures, `${name}-${device}.png`), animations: 'disabled' })
  }
  await page.emulateMedia({ reducedMotion: null })
}

test('the door, with devices off and on', async () => {
  const [german, english] = guests
  await german.open(links.guests)
  await english.open(links.guests)
  await inspectBoth('the door', guests)
  for (const room of guests) {
    await room.page.bringToFront()
    await room.switchOn('microphone')
    await room.switchOn('camera')
  }
  await german.part('name').fill('Sabine K.')
  await english.part('enter').click()
  await english.page.locator('[aria-invalid=true]').waitFor()
  await inspectBoth('the door with devices and without a name', guests)
  await picture('door', german)
})

test('the lobby while the machine wakes', async () => {
  const slow = await Gateway.start({
    bootDelay: pictures ? '14s' : '60s',
    environment: { WECKRUF_MACHINE_GUESS: '20s' },
  })
  const waiting = [await person({ ...anna, speaks: true }, 'de-DE'), await person(peter, 'en-GB')]
  try {
    const { guests: link } = await slow.links()
    for (const [n, room] of waiting.entries()) {
      await room.open(link)
      await room.enter(n === 0 ? 'Anna B.' : 'Peter M.')
      await room.part('lobby').waitFor()
    }
    const [german] = waiting
    if (pictures && german) {
      await german.page.locator('[data-test=milestones] [data-mark=done]').first().waitFor()
      await picture('lobby', german)
    }
    await inspectBoth('the lobby while the machine wakes', waiting)
    for (const room of waiting) await leave(room)
  } finally {
    await slow.dispose()
  }
})

test('the lobby while one waits to be let in, and the call that learns of it', async () => {
  for (const [n, room] of chairs.entries()) {
    await room.open(links.chair)
    await room.enter(n === 0 ? 'Anna B.' : 'Carol D.')
    await room.part('call').waitFor()
  }
  for (const [n, room] of guests.entries()) {
    await room.page.bringToFront()
    await room.part('name').fill(n === 0 ? 'Sabine K.' : 'Peter M.')
    await room.part('enter').click()
    await room.page.locator('[data-test=lobby][data-machine=ready]').waitFor()
  }
  await inspectBoth('the lobby while one waits', guests)
  await chairs[0].part('show-waiting').waitFor()
  await inspectBoth('the call with somebody at the door', chairs)
})

test('the list of people, and the question before somebody is turned away or removed', async () => {
  for (const room of chairs) {
    await room.page.bringToFront()
    await room.part('people').click()
    await room.part('waiting-list').waitFor()
  }
  await inspectBoth('the list of people', chairs)
  const [german, english] = chairs
  await german.page.bringToFront()
  await german.page
    .locator('[data-test=waiting-person]', { hasText: 'Sabine K.' })
    .locator('[data-test=admit]')
    .click()
  await guests[0].part('call').waitFor()
  await german.page
    .locator('[data-test=person]', { hasText: 'Sabine K.' })
    .locator('[data-test=remove]')
    .click()
  await english.page.bringToFront()
  await english.page.locator('[data-test=waiting-person]').locator('[data-test=reject]').click()
  for (const room of chairs) await room.part('confirm').waitFor()
  await inspectBoth('the question', chairs)
})

test('who was turned away or removed is told so', async () => {
  for (const room of chairs) {
    await room.page.bringToFront()
    await room.part('confirm').click()
    await room.part('close-people').click()
  }
  for (const room of guests) await room.ending('removed').waitFor()
  await inspectBoth('the end of somebody removed', guests)
})

test('the call', async () => {
  await until('both are there', async () => (await chairs[0].tiles().count()) === 2)
  await inspectBoth('the call of two', chairs)
})

test('in the dark, on a phone or with less motion, nothing glides where it should not', async () => {
  const [{ page }] = chairs
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await page.setViewportSize(phone)
  const moving = await page.evaluate(() => document.getAnimations().length)
  expect(moving).toBe(0)
  await page.setViewportSize(wide)
  await page.emulateMedia({ reducedMotion: null })
})

test('from the link to leaving with the keyboard alone', async () => {
  const room = await person(anna, 'de-DE')
  const { page } = room
  const focused = async () =>
    await page.evaluate(() => {
      let at = document.activeElement
      while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement
      return at?.getAttribute('data-test') ?? at?.localName
    })
  const tabTo = async (part: string) => {
    for (let n = 0; n < 40; n++) {
      await page.keyboard.press('Tab')
      if ((await focused()) === part) return
    }
    throw new Error(`the keyboard does not reach ${part}`)
  }
  await page.bringToFront()
  await room.open(links.chair)
  for (const device of ['microphone', 'camera']) {
    await tabTo(device)
    await page.keyboard.press('Space')
    await page.locator(`[data-test=${device}][aria-pressed=true]`).waitFor()
  }
  await tabTo('name')
  await page.keyboard.type('Dora E.')
  await page.keyboard.press('Enter')
  await room.part('call').waitFor()
  await until('the focus goes along', async () => (await focused()) === 'title')
  await tabTo('microphone')
  await page.keyboard.press('Space')
  await page.locator('[data-test=microphone][aria-pressed=false]').waitFor()
  await tabTo('people')
  await page.keyboard.press('Enter')
  await until('the focus is in the list', async () => (await focused()) === 'h2')
  await tabTo('remove')
  await page.keyboard.press('Enter')
  await room.part('confirm').waitFor()
  await page.keyboard.press('Escape')
  await until('it is back where it was', async () => (await focused()) === 'remove')
  await page.keyboard.press('Escape')
  await until('it is back where it was', async () => (await focused()) === 'people')
  await tabTo('leave')
  await page.keyboard.press('Enter')
  await room.ending('left').waitFor()
  await until('the focus goes along', async () => (await focused()) === 'h1')
  await inspect('the end of somebody who left', room)
  await leave(room)
})

test('a picture of three in the call', async () => {
  if (!pictures) return
  const others = [await person(sabine, 'de-DE'), await person(peter, 'de-DE')]
  await chairs[1].part('leave').click()
  for (const [n, room] of others.entries()) {
    await room.open(links.guests)
    await room.enter(n === 0 ? 'Sabine K.' : 'Peter M.', { microphone: n === 0 })
    await chairs[0].page.bringToFront()
    await chairs[0].part('admit').click()
    await room.part('call').waitFor()
  }
  const [{ page }] = chairs
  const shown = async () =>
    await page.locator('[data-test=tile] video').evaluateAll((all) =>
      all.map((each) => {
        const video = each as HTMLVideoElement
        return { width: video.videoWidth, frames: video.getVideoPlaybackQuality().totalVideoFrames }
      }),
    )
  // A line that has just begun sends coarse pictures.
  await until('three fine pictures', async () => {
    const all = await shown()
    return all.length === 3 && all.every(({ width, frames }) => width >= 640 && frames > 80)
  })
  await page.locator('[data-test=tile][data-speaking]').waitFor()
  await picture('call', chairs[0])
  for (const room of others) await leave(room)
  await chairs[1].part('come-back').click()
  await chairs[1].part('enter').click()
  await chairs[1].part('call').waitFor()
})

test('the call while the gateway is away', async () => {
  await gateway.kill()
  for (const room of chairs) await room.page.locator('[data-test=interruption][data-kind=line]').waitFor()
  await inspectBoth('the call while the line is away', chairs)
  await gateway.start()
  for (const room of chairs)
    await room.page.locator('[data-test=interruption][data-kind=""]').waitFor({ state: 'attached' })
})

test('the lobby after the machine was lost', async () => {
  gateway.fault('no-boot')
  gateway.killMachine()
  for (const room of chairs) await room.page.locator('[data-test=lost][data-reason=machine_lost]').waitFor()
  await inspectBoth('the lobby after the machine was lost', chairs)
  for (const room of chairs) {
    await room.page.bringToFront()
    await room.part('leave').click()
    await room.ending('left').waitFor()
  }
})
