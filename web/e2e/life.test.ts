import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Costs } from '../src/ui/office/model'
import { type Visitor, visit } from './harness/chromium'
import { Gateway, machine, type Settings } from './harness/gateway'
import { Line } from './harness/line'
import { Office } from './harness/office'
import { Room } from './harness/room'
import { until } from './harness/until'

// The life of a local machine with the real programs. What "never" means is told by order: what
// must not happen has not happened when something that comes later has.

let visitor: Visitor

beforeAll(async () => {
  visitor = await visit()
})

afterAll(async () => {
  await visitor?.close()
})

/** One installation: a gateway, its office, and a page of its own from which people come. */
interface Town {
  gateway: Gateway
  office: Office
  page: Page
  /** The link of the first room that lets one in without waiting. */
  chair: string
}

/** Runs a test in installations of its own and clears them away. */
async function within(settings: Settings[], work: (...towns: Town[]) => Promise<void>): Promise<void> {
  const gateways: Gateway[] = []
  try {
    for (const each of settings) gateways.push(await Gateway.start({ bootDelay: '300ms', ...each }))
    await work(...(await Promise.all(gateways.map(settle))))
  } finally {
    for (const gateway of gateways) await gateway.dispose()
  }
}

async function settle(gateway: Gateway): Promise<Town> {
  const page = await visitor.page.context().newPage()
  await page.goto(`${gateway.origin}/hilfe`)
  const { chair } = await gateway.links()
  return { gateway, office: await Office.signIn(gateway), page, chair }
}

/** Which power-on the machine is in, as its provider knows it. */
function epoch({ gateway }: Town): number {
  return JSON.parse(readFileSync(join(gateway.data, 'machines', machine, 'run.json'), 'utf8')).epoch
}

const reaches = async ({ office }: Town, state: string) =>
  await until(`the machine is ${state}`, async () => (await office.machineState()) === state)
const gone = async ({ gateway }: Town) =>
  await until('the process is gone', () => gateway.machineGroup() === undefined)

/** The books, when so many runs are in them and all have ended. */
async function closed({ office }: Town, runs: number): Promise<Costs> {
  return await until(`${runs} runs are closed`, async () => {
    const costs = await office.costs()
    return costs.runs.length >= runs && costs.runs.every((run) => run.until) && costs
  })
}

function expectEven({ sum, rows }: Costs): void {
  expect(sum.difference_nano_eur).toBe(0)
  expect(sum.allocated_nano_eur).toBe(sum.origin_nano_eur)
  expect(rows.reduce((all, row) => all + row.nano_eur, 0)).toBe(sum.origin_nano_eur)
}

test('the lobby tells the wake in its order, and the last one who leaves ends it', async () => {
  await within([{ idle: '1s' }], async (town) => {
    const anna = await Line.enter(town.page, town.chair, 'Anna')
    await anna.hears('ready')
    const order = ['off', 'starting', 'booting', 'preparing', 'ready']
    const course = await anna.course()
    expect(course.map((state) => order.indexOf(state))).toEqual(
      course.map((state) => order.indexOf(state)).sort((a, b) => a - b),
    )
    expect(await town.office.machineState()).toBe('serving')
    await anna.leave()
    await gone(town)
    expectEven(await closed(town, 1))
  })
})

test('SIGTERM leaves the machine running, and the next gateway adopts it without another power-on', async () => {
  await within([{}], async (town) => {
    const anna = await Line.enter(town.page, town.chair, 'Anna')
    const { resume } = await anna.hears('place')
    await anna.hears('ready')
    const group = town.gateway.machineGroup()
    await town.gateway.stop()
    expect(town.gateway.machineGroup()).toBe(group)
    await town.gateway.start()
    const back = await Line.enter(town.page, town.chair, 'Anna', resume)
    await back.hears('ready')
    expect(town.gateway.machineGroup()).toBe(group)
    expect(epoch(town)).toBe(1)
    const { runs } = await town.office.costs()
    expect(runs.map((run) => run.until)).toEqual([undefined])
  })
})

test('Ctrl-C stops the machine with people in the lobby and closes the run', async () => {
  await within([{}], async (town) => {
    const anna = await Line.enter(town.page, town.chair, 'Anna')
    await anna.hears('ready')
    await town.gateway.interrupt()
    const ended = Date.now()
    await gone(town)
    await town.gateway.start()
    await reaches(town, 'off')
    const costs = await closed(town, 1)
    expect(Date.parse(costs.runs[0]?.until ?? ''), 'the books were closed before').toBeLessThanOrEqual(ended)
    expectEven(costs)
    expect(epoch(town)).toBe(1)
  })
})

test.concurrent('a worker whose gateway stays away ends itself, but not with somebody in the room', async () => {
  const short = { environment: { WECKRUF_MACHINE_SILENCE: '2s' } }
  await within([short, short], async (busy, empty) => {
    const anna = new Room(await visitor.page.context().newPage())
    await anna.open(busy.chair)
    await anna.enterQuietly('Anna')
    await anna.part('call').waitFor()
    await reaches(busy, 'serving')
    await empty.office.prewarm(new URL(empty.chair).pathname.split('/').at(-1) ?? '', 30)
    await reaches(empty, 'holding')
    await busy.gateway.kill()
    await empty.gateway.kill()
    await gone(empty)
    expect(busy.gateway.machineGroup(), 'somebody was thrown out').toBeDefined()
    await anna.page.close()
    await gone(busy)
    for (const town of [busy, empty]) {
      await town.gateway.start()
      await until('the end is in the books', async () => (await town.office.costs()).runs[0]?.until)
      expectEven(await town.office.costs())
    }
  })
})

const faulty = { environment: { WECKRUF_MACHINE_HELLO_WITHIN: '2s' } }

test.concurrent.each(['dies-booting', 'no-boot'])(
  '%s: those who wait are told, it is tried again, and they get in',
  async (fault) => {
    await within([faulty], async (town) => {
      town.gateway.fault(fault)
      const anna = await Line.enter(town.page, town.chair, 'Anna')
      expect(await anna.hears('refusal')).toMatchObject({ code: 'no_machine' })
      await until('it is tried again', () => epoch(town) > 1)
      town.gateway.fault('')
      await anna.hears('ready')
      expect(await anna.all('place'), 'the place was kept').toHaveLength(1)
      const costs = await town.office.costs()
      expect(costs.runs.length).toBeGreaterThan(1)
      expect(costs.runs.slice(0, -1).every((run) => run.until)).toBe(true)
      expectEven(costs)
    })
  },
)

test.concurrent('slow-boot: the one power-on is waited for', async () => {
  await within([{}], async (town) => {
    town.gateway.fault('slow-boot')
    const anna = await Line.enter(town.page, town.chair, 'Anna')
    await anna.hears('ready')
    expect(epoch(town)).toBe(1)
    expect(await anna.all('refusal')).toEqual([])
  })
})

test.concurrent('will-not-stop: it counts as running until it is gone, and who comes meanwhile keeps the place', async () => {
  await within([{ idle: '1s' }], async (town) => {
    town.gateway.fault('will-not-stop')
    const anna = await Line.enter(town.page, town.chair, 'Anna')
    await anna.hears('ready')
    await anna.leave()
    await reaches(town, 'stopping')
    const emre = await Line.enter(town.page, town.chair, 'Emre')
    await emre.sees('queued')
    expect(town.gateway.machineGroup()).toBeDefined()
    expect((await town.office.costs()).runs.map((run) => run.until)).toEqual([undefined])
    town.gateway.fault('')
    await emre.hears('ready')
    expect(epoch(town)).toBe(2)
    expect(await emre.all('place')).toHaveLength(1)
    expectEven(await town.office.costs())
  })
})

test.concurrent('with hourly prices an empty machine is kept while it is paid, and goes at the decision', async () => {
  const environment = { WECKRUF_MACHINE_PRICING: 'hour' }
  const soon = { ...environment, WECKRUF_MACHINE_DECISION_BEFORE: '59m35s' }
  await within(
    [{ idle: '1s' }, { idle: '1s', environment }, { idle: '1s', environment: soon }],
    async (...towns) => {
      const visit = async (town: Town) => {
        const anna = await Line.enter(town.page, town.chair, 'Anna')
        await anna.hears('ready')
        await anna.leave()
      }
      await Promise.all(towns.map(visit)) // long before the decision
      const [minute, hour, decided] = towns as [Town, Town, Town]
      await gone(minute)
      await gone(decided)
      await reaches(hour, 'holding')
      const { paid_until } = await hour.office.machine()
      expect(Date.parse(paid_until ?? '') - Date.now()).toBeGreaterThan(50 * 60_000)
      expect((await minute.office.machine()).paid_until).toBeUndefined()
      const costs = await closed(decided, 1)
      expectEven(costs)
      expect(costs.rows.find((row) => row.class === 'waste')?.seconds).toBeGreaterThan(50 * 60)
      expect(costs.sum.origin_nano_eur).toBe(costs.runs[0]?.prices[0]?.per_hour)
    },
  )
})

test('two gateways on one store wake one machine once', async () => {
  await within([{}], async (first) => {
    const environment = { WECKRUF_GATEWAY_DATA: first.gateway.data, WECKRUF_GATEWAY_ID: 'second' }
    await within([{ environment }], async (second) => {
      const lines = await Promise.all([
        Line.enter(first.page, first.chair, 'Anna'),
        Line.enter(second.page, second.chair, 'Emre'),
      ])
      const ready = async () => (await Promise.all(lines.map((line) => line.all('ready')))).flat()
      await until('one of them is in', async () => (await ready()).length > 0)
      const group = first.gateway.machineGroup()
      await until('both gateways know of it', async () => {
        const states = await Promise.all([first, second].map(({ office }) => office.machineState()))
        return states.every((state) => state === 'serving')
      })
      expect(epoch(first)).toBe(1)
      expect(first.gateway.machineGroup()).toBe(group)
      expect((await second.office.costs()).runs).toHaveLength(1)
      for (const { gateway } of [first, second])
        expect((await fetch(`${gateway.origin}/healthz`)).ok).toBe(true)
    })
  })
})

test('a hundred enters a second with a valid link are refused kindly and disturb nobody else', async () => {
  await within([{}], async (town) => {
    const anna = await Line.enter(town.page, town.chair, 'Anna')
    const { resume } = await anna.hears('place')
    await anna.hears('ready')
    const { guests } = await town.gateway.links()
    const crowd = await Promise.all(
      Array.from({ length: 100 }, (_, n) => Line.enter(town.page, guests, `Gast ${n}`)),
    )
    const answers = await until('all are answered', async () => {
      const all = await Promise.all(crowd.map((line) => line.got()))
      const said = all.map((got) => got.find(({ type }) => type === 'place' || type === 'refusal'))
      return said.every((message) => message) && said
    })
    const refused = answers.filter((message) => message?.type === 'refusal')
    expect(refused.length).toBeGreaterThan(0)
    expect(refused.every((message) => message?.type === 'refusal' && message.code === 'too_fast')).toBe(true)
    expect(await anna.all('fault')).toEqual([])
    const again = await Line.enter(town.page, town.chair, 'Anna', resume)
    expect(await again.hears('place'), 'who has a place is not counted').toMatchObject({ admitted: true })
    expect(await town.office.machineState()).toBe('serving')
    expect(epoch(town)).toBe(1)
  })
})

/** A small disk of one's own; undefined where one may not mount any. */
function smallDisk(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'weckruf-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', folder], { stdio: 'ignore' })
    return folder
  } catch {
    rmdirSync(folder)
    return undefined
  }
}

const disk = smallDisk()

afterAll(() => {
  if (!disk) return
  execFileSync('umount', ['--lazy', disk])
  rmdirSync(disk)
})

test.runIf(disk)(
  'a full disk under the store is said to whoever enters, and is forgotten when there is space',
  async () => {
    const data = join(disk ?? '', 'data')
    mkdirSync(data)
    await within([{ environment: { WECKRUF_GATEWAY_DATA: data } }], async (town) => {
      symlinkSync(join(data, 'machines'), join(town.gateway.data, 'machines'))
      const filler = join(disk ?? '', 'filler')
      fill(filler)
      const anna = await Line.enter(town.page, town.chair, 'Anna')
      expect(await anna.hears('fault')).toMatchObject({ code: 'unavailable' })
      expect(await anna.all('place')).toEqual([])
      const looker = await Line.look(town.page, town.chair)
      await looker.hears('view')
      expect((await town.office.costs()).runs).toEqual([])
      expect((await fetch(`${town.gateway.origin}/healthz`)).ok).toBe(true)
      rmSync(filler)
      await anna.enter('Anna')
      await anna.hears('ready')
      const group = town.gateway.machineGroup()
      fill(filler)
      const emre = await Line.enter(town.page, town.chair, 'Emre')
      expect(await emre.hears('fault')).toMatchObject({ code: 'unavailable' })
      expect(town.gateway.machineGroup(), 'the machine goes on').toBe(group)
      rmSync(filler)
      await emre.enter('Emre')
      await emre.hears('ready')
      expect(epoch(town)).toBe(1)
      expectEven(await town.office.costs())
    })
  },
)

/** Writes until nothing fits any more. */
function fill(path: string): void {
  for (let size = 1 << 20; size >= 1; size >>= 1) {
    try {
      for (;;) writeFileSync(path, Buffer.alloc(size), { flag: 'a' })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
    }
  }
}
