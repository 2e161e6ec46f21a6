import { nano, roundTo } from '../../i18n/format'
import { type Class, type CostRow, type Costs, classes, type Price } from './model'

/** Amounts are shown in steps of a hundredth of a cent: fine enough for single minutes, equal everywhere. */
export const digits = 4
const step = 100_000n // nano-euro

/** A row with its exact amount and the one shown. The amounts shown add up to the sum shown. */
export interface Line {
  readonly day: string
  readonly room: string
  readonly title: string
  readonly class: Class
  readonly seconds: number
  readonly exact: bigint
  readonly shown: bigint
}

/** Classes that belong together for whoever pays. Nothing is left out, least of all what stood empty. */
export const groups = {
  inUse: ['used'],
  start: ['boot', 'prewarm'],
  empty: ['hold', 'drain', 'waste', 'standing'],
} as const satisfies Record<string, readonly Class[]>
export type Group = keyof typeof groups
export type Purpose = Class | Group

/** Which rows are shown; without a field all of them. */
export interface Filter {
  readonly purpose?: Purpose
  readonly room?: string
  readonly day?: string
}

export interface Sum {
  readonly seconds: number
  readonly exact: bigint
  readonly shown: bigint
}

export interface Day extends Sum {
  readonly day: string
  readonly lines: readonly Line[]
}

function floor(amount: bigint): bigint {
  const rest = ((amount % step) + step) % step
  return amount - rest
}

/** Rounds each amount to the step so that the rounded ones add up to the rounded sum (largest remainder first). */
export function apportion(amounts: readonly bigint[]): bigint[] {
  const low = amounts.map(floor)
  const total = amounts.reduce((sum, amount) => sum + amount, 0n)
  const missing = (roundTo(total, step) - low.reduce((sum, amount) => sum + amount, 0n)) / step
  const order = amounts
    .map((amount, index) => ({ index, rest: amount - floor(amount) }))
    .sort((a, b) => (a.rest === b.rest ? a.index - b.index : a.rest > b.rest ? -1 : 1))
  for (const { index } of order.slice(0, Number(missing))) low[index] = (low[index] ?? 0n) + step
  return low
}

function rank(row: CostRow): number {
  return classes.indexOf(row.class)
}

/** The rows in the order of day, room and class, with what is shown of each. */
export function lines(rows: readonly CostRow[]): Line[] {
  const sorted = [...rows].sort(
    (a, b) =>
      a.day.localeCompare(b.day) ||
      a.title.localeCompare(b.title) ||
      a.room.localeCompare(b.room) ||
      rank(a) - rank(b),
  )
  const exact = sorted.map((row) => nano(row.nano_eur))
  const shown = apportion(exact)
  return sorted.map((row, index) => ({
    day: row.day,
    room: row.room,
    title: row.title,
    class: row.class,
    seconds: row.seconds,
    exact: exact[index] ?? 0n,
    shown: shown[index] ?? 0n,
  }))
}

/** Whether a class is (one of) what the filter asks for. */
export function belongs(of: Class, purpose: Purpose): boolean {
  return purpose in groups ? (groups[purpose as Group] as readonly Class[]).includes(of) : of === purpose
}

export function select(all: readonly Line[], filter: Filter): Line[] {
  return all.filter(
    (line) =>
      (!filter.purpose || belongs(line.class, filter.purpose)) &&
      (!filter.room || line.room === filter.room) &&
      (!filter.day || line.day === filter.day),
  )
}

export function sum(some: readonly Line[]): Sum {
  return {
    seconds: some.reduce((total, line) => total + line.seconds, 0),
    exact: some.reduce((total, line) => total + line.exact, 0n),
    shown: some.reduce((total, line) => total + line.shown, 0n),
  }
}

export function byDay(some: readonly Line[]): Day[] {
  const days = [...new Set(some.map((line) => line.day))]
  return days.map((day) => {
    const own = some.filter((line) => line.day === day)
    return { day, lines: own, ...sum(own) }
  })
}

/** What the books say: origin, allocated, and whether both and the rows agree to the last nano-euro. */
export interface Verdict {
  readonly origin: bigint
  readonly allocated: bigint
  readonly difference: bigint
  readonly even: boolean
}

/** Checks the server's sums against each other and against the rows; the page does not take its word for it. */
export function verdict(costs: Costs): Verdict {
  const origin = nano(costs.sum.origin_nano_eur)
  const allocated = nano(costs.sum.allocated_nano_eur)
  const rows = costs.rows.reduce((total, row) => total + nano(row.nano_eur), 0n)
  const difference = allocated - origin
  return { origin, allocated, difference, even: difference === 0n && rows === allocated }
}

export function perHour(prices: readonly Price[]): bigint {
  return prices.reduce((total, price) => total + nano(price.per_hour), 0n)
}

const hour = 3_600_000n // ms

/** What a machine at the price of the last run would have cost from the month's start until now or its end. */
export function roundTheClock(costs: Costs): bigint | undefined {
  const last = costs.runs.at(-1)
  if (!last) return undefined
  const [year, month] = costs.month.split('-').map(Number)
  if (!year || !month) return undefined
  const from = Date.UTC(year, month - 1)
  const until = Math.min(Date.UTC(year, month), new Date(costs.as_of).getTime())
  return until > from ? (perHour(last.prices) * BigInt(until - from)) / hour : undefined
}
