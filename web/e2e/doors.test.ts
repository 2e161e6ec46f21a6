import type { BrowserContextOptions } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { violations } from './harness/accessible'
import { type Visitor, visit } from './harness/chromium'
import { Gateway, type Links } from './harness/gateway'
import { Office } from './harness/office'
import { Room } from './harness/room'
import { until } from './harness/until'

// Everything that a link can lead to without a call behind it: looking wakes nothing, and a door
// that stays shut says why and whose move it is.

let gateway: Gateway
let visitor: Visitor
let office: Office
let links: Links

beforeAll(async () => {
  gateway = await Gateway.start({
    bootDelay: '300ms',
    environment: { WECKRUF_MACHINE_HELLO_WITHIN: '4s' },
  })
  links = await gateway.links()
  office = await Office.signIn(gateway)
  visitor = await visit({ present: false, context: { reducedMotion: 'reduce' } })
})

afterAll(async () => {
  await visitor.close()
  await gateway.dispose()
})

/** A tab of its own, so that nothing is remembered from another. */
async function tab(options: BrowserContextOptions = {}): Promise<Room> {
  const browser = visitor.page.context().browser()
  if (!browser) throw new Error('the browser is gone')
  const context = await browser.newContext({ locale: 'de-DE', reducedMotion: 'reduce', ...options })
  return new Room(await context.newPage())
}

const close = async (room: Room) => await room.page.context().close()

/** The page says its heading and its sentence in both languages, and axe finds nothing. */
async function says(room: Room, reason: string, german: RegExp, english: RegExp): Promise<void> {
  await room.ending(reason).waitFor()
  for (const [language, words] of [
    ['en', english],
    ['de', german],
  ] as const) {
    await room.speak(language)
    await room.ending(reason).filter({ hasText: words }).waitFor()
    expect(await room.page.locator('html').getAttribute('lang')).toBe(language)
    expect(await violations(room.page)).toEqual([])
  }
}

/** Nothing was asked of the provider, now and for a while. */
async function asleep(): Promise<void> {
  const end = Date.now() + 1_500
  await until('the while is over', () => {
    expect(gateway.machineGroup(), 'a machine runs').toBeUndefined()
    return Date.now() > end
  })
  expect(await office.machineState()).toBe('off')
  expect(gateway.output).not.toMatch(/ msg=machine .*to=waking/)
}

const onlookers = [
  'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
  'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)',
  'WhatsApp/2.23.20.0',
  'TelegramBot (like TwitterBot)',
  'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)',
  'Mozilla/5.0 (Windows NT 10.0) BarracudaSentinel',
]

test('crawlers, previews and prefetches wake nothing', async () => {
  const pages = [
    links.chair,
    links.guests,
    links.signIn,
    `${gateway.origin}/`,
    `${gateway.origin}/api/v1/join`,
  ]
  for (const page of pages) {
    for (const method of ['GET', 'HEAD']) {
      for (const agent of onlookers) {
        const headers = { 'user-agent': agent, purpose: 'prefetch', 'sec-purpose': 'prefetch;prerender' }
        const answer = await fetch(page, { method, headers })
        expect(answer.status, `${method} ${new URL(page).pathname}`).toBeLessThan(500)
        expect(answer.headers.get('set-cookie')).toBeNull()
      }
    }
  }
  await asleep()
})

test('a page that runs its scripts, holds its line and shows its camera wakes nothing', async () => {
  const scanner = await tab({ userAgent: 'Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/156.0.0.0 Scanner' })
  await scanner.open(links.guests)
  const chair = await tab()
  await chair.open(links.chair)
  await chair.part('name').fill('Anna Beispiel')
  await chair.part('camera').click()
  await until('both lines stand', async () => /^weckruf_page_sockets 2$/m.test(await gateway.metrics()))
  await asleep()
  await close(scanner)
  await close(chair)
})

test('a link that does not fit', async () => {
  const room = await tab()
  for (const link of [
    `${links.guests}x`,
    links.guests.replace(/#.*/, ''),
    links.guests.replace(/\/r\/[^#]+/, '/r/nowhere123'),
  ]) {
    await room.page.goto('about:blank')
    await room.page.goto(link)
    await room.ending('wrong_link').waitFor()
  }
  await says(
    room,
    'wrong_link',
    /Link passt nicht.*ganzen Link.*noch einmal/s,
    /link does not fit.*whole link.*again/s,
  )
  await close(room)
})

test('a link that was withdrawn', async () => {
  const made = await office.makeRoom({ title: 'Bauausschuss' })
  const renewed = await office.renew(made.room, 'guest', 0)
  const room = await tab()
  await room.page.goto(made.links.guest.url)
  await says(room, 'withdrawn', /gilt nicht mehr.*neuen Link/s, /no longer valid.*new link/s)
  await close(room)
  const fresh = await tab()
  await fresh.open(renewed.links.guest.url)
  await close(fresh)
})

test('too early: guests learn when it opens, the chair may prepare', async () => {
  const tomorrow = new Date(Date.now() + 24 * 3_600_000)
  const made = await office.makeRoom({ title: 'Haushalt 2027', starts_at: tomorrow.toISOString() })
  const guest = await tab({ timezoneId: 'Europe/Berlin' })
  await guest.page.goto(made.links.guest.url)
  await says(
    guest,
    'too_early',
    /früh dran.*öffnet (morgen|heute|am .+) um \d{1,2}:\d\d Uhr.*von selbst/s,
    /are early.*opens (tomorrow|today|on .+) at \d{1,2}:\d\d.*by itself/s,
  )
  const chair = await tab()
  await chair.open(made.links.chair.url)
  await close(guest)
  await close(chair)
  await asleep()
})

test('a browser inside another app is sent to a real one, and an old one is told so', async () => {
  const inApp = await tab({
    userAgent:
      'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 [FBAN/FBIOS;FBAV/430.0]',
  })
  await inApp.page.goto(links.guests)
  await says(
    inApp,
    'unsupported',
    /in Ihrem Browser.*Kopieren Sie den Link/s,
    /in your browser.*Copy the link/s,
  )
  await inApp.page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await inApp.part('copy-link').click()
  const copied = async () => await inApp.page.evaluate(() => navigator.clipboard.readText())
  await until('the whole link is copied', async () => (await copied()) === links.guests)
  await close(inApp)
  const old = await tab()
  await old.page.addInitScript(() => Reflect.deleteProperty(window, 'RTCPeerConnection'))
  await old.page.goto(links.guests)
  await says(old, 'unsupported', /zu alt.*Firefox ab Version/s, /too old.*Firefox from version/s)
  await close(old)
})

/** Whoever enters a gateway whose machine has this fault is told so, and gets in once it is gone. */
async function comesThrough(on: Gateway, fault: string): Promise<void> {
  on.fault(fault)
  const room = await tab()
  await room.open((await on.links()).chair)
  await room.enterQuietly('Anna Beispiel')
  await says(
    room,
    'no_machine',
    /kein Server frei.*Platz bleibt erhalten.*müssen nichts tun/s,
    /No server is free.*place is kept.*nothing you need to do/s,
  )
  on.fault('')
  await room.part('call').waitFor()
  await room.part('leave').click()
  await room.ending('left').waitFor()
  await close(room)
}

test('no machine to be had: the place is kept, it is tried again, and goes on by itself', async () => {
  const other = await Gateway.start({ bootDelay: '300ms' })
  try {
    await Promise.all([comesThrough(gateway, 'no-boot'), comesThrough(other, 'dies-booting')])
  } finally {
    await other.dispose()
  }
})

test('a full room looks by itself whether a place became free, and on request at once', async () => {
  const made = await office.makeRoom({ title: 'Kleiner Kreis', capacity: 2, waiting_room: false })
  const [first, second, third] = [await tab(), await tab(), await tab()]
  await first.open(made.links.guest.url)
  await first.enterQuietly('Emre Muster')
  await second.open(made.links.guest.url)
  await second.enterQuietly('Katrin Probe')
  await second.part('call').waitFor()
  await third.page.goto(made.links.guest.url)
  await says(
    third,
    'full',
    /Raum ist voll.*alle Plätze.*von selbst/is,
    /room is full.*All places.*by ourselves/s,
  )
  await second.part('leave').click()
  await second.ending('left').waitFor()
  await third.part('try-again').click()
  await third.part('door').waitFor()
  for (const each of [first, second, third]) await close(each)
})

test('an old link may knock for a while, and is admitted by hand only', async () => {
  const made = await office.makeRoom({ title: 'Sprechstunde', waiting_room: false })
  const renewed = await office.renew(made.room, 'guest', 24)
  const old = await tab()
  await old.open(made.links.guest.url)
  await old.enterQuietly('Peter Alt')
  const fresh = await tab()
  await fresh.open(renewed.links.guest.url)
  await fresh.enterQuietly('Nadia Neu')
  await fresh.part('call').waitFor()
  expect(await old.part('lobby').getAttribute('data-admitted')).toBe('false')
  const chair = await tab()
  await chair.open(renewed.links.chair.url)
  await chair.enterQuietly('Anna Beispiel')
  await chair.part('admit').click()
  await old.part('call').waitFor()
  for (const each of [old, fresh, chair]) await close(each)
})

test('when the month’s money is spent, nobody wakes a machine any more, and the page says whose move it is', async () => {
  const poor = await Gateway.start({
    bootDelay: '100ms',
    idle: '1s',
    environment: { WECKRUF_BUDGET_MONTH: '0.000000001' },
  })
  try {
    const { chair } = await poor.links()
    // The first ones still wake it: the month's sum is looked at now and then, not at every press.
    const late = await until('the money is known to be spent', async () => {
      const room = await tab()
      await room.open(chair)
      await room.enterQuietly('Anna Beispiel')
      await room.page.locator('[data-test=call], [data-test=reason]').first().waitFor()
      if ((await room.ending('over_budget').count()) === 1) return room
      await room.part('leave').click()
      await until('the machine is gone', () => poor.machineGroup() === undefined)
      await close(room)
      return undefined
    })
    await says(late, 'over_budget', /Geld für diesen Monat.*organisiert/s, /month's money.*organiser/s)
    expect(poor.machineGroup()).toBeUndefined()
    await close(late)
  } finally {
    await poor.dispose()
  }
})
