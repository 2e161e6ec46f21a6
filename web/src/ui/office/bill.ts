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

function floor(amount: bigint, unit: bigint): bigint {
  const rest = ((amount % unit) + unit) % unit
  return amount - rest
}

function add(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n)
}

/**
 * Rounds each amount to the unit so that the rounded ones add up to `whole`, a multiple of the unit that is
 * less than one unit for each amount away from their sum (largest remainder first).
 */
export function apportion(
  amounts: readonly bigint[],
  unit = step,
  whole = roundTo(add(amounts), unit),
): bigint[] {
  const low = amounts.map((amount) => floor(amount, unit))
  const missing = (whole - add(low)) / unit
  const order = amounts
    .map((amount, index) => ({ index, rest: amount - floor(amount, unit) }))
    .sort((a, b) => (a.rest === b.rest ? a.index - b.index : a.rest > b.rest ? -1 : 1))
  for (const { index } of order.slice(0, Number(missing))) low[index] = (low[index] ?? 0n) + unit
  return low
}

function rank(row: CostRow): number {
  return classes.indexOf(row.class)
}

function ordered(rows: readonly CostRow[]): CostRow[] {
  return [...rows].sort(
    (a, b) =>
      a.day.localeCompare(b.day) ||
      a.title.localeCompare(b.title) ||
      a.room.localeCompare(b.room) ||
      rank(a) - rank(b),
  )
}

/**
 * The rows in the order of day, room and class, with what is shown of each. Days are rounded first and their
 * rows within them, so that rows add up to their day and days to the month.
 */
export function lines(rows: readonly CostRow[]): Line[] {
  const sorted = ordered(rows)
  const days = [...new Set(sorted.map((row) => row.day))].map((day) =>
    sorted.filter((row) => row.day === day),
  )
  const wholes = apportion(days.map((day) => add(day.map((row) => nano(row.nano_eur)))))
  return days.flatMap((day, index) => linesOf(day, wholes[index] ?? 0n))
}

function linesOf(rows: readonly CostRow[], whole: bigint): Line[] {
  const exact = rows.map((row) => nano(row.nano_eur))
  const shown = apportion(exact, step, whole)
  return rows.map((row, index) => ({
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
    exact: add(some.map((line) => line.exact)),
    shown: add(some.map((line) => line.shown)),
  }
}

export function byDay(some: readonly Line[]): Day[] {
  const days = [...new Set(some.map((line) => line.day))]
  return days.map((day) => {
    const own = some.filter((line) => line.day === day)
    return { day, lines: own, ...sum(own) }
  })
}

/** One of the large figures. */
export interface Figure {
  readonly amount: bigint
  readonly seconds: number
}

/** The month in large figures: its groups, and what they add up to as shown. */
export interface Headline {
  readonly total: Figure
  readonly groups: Readonly<Record<Group, Figure>>
  /** Decimals of a euro that the amounts are shown with. */
  readonly digits: number
}

const cent = 10_000_000n

/** Large figures are in cents and minutes, as one speaks of them; finer while there are only a few of them. */
export function headline(all: readonly Line[]): Headline {
  const sums = (Object.keys(groups) as Group[]).map((name) => sum(select(all, { purpose: name })))
  const exact = sums.map((each) => each.exact)
  const [unit, shown] = add(exact) < 10n * cent ? [step, digits] : [cent, 2]
  const amounts = apportion(exact, unit)
  const times = sums.map((each) => BigInt(each.seconds))
  const seconds = apportion(times, add(times) < 600n ? 1n : 60n)
  const at = (index: number) => ({ amount: amounts[index] ?? 0n, seconds: Number(seconds[index] ?? 0n) })
  return {
    total: { amount: add(amounts), seconds: Number(add(seconds)) },
    groups: { inUse: at(0), start: at(1), empty: at(2) },
    digits: shown,
  }
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
  const rows = add(costs.rows.map((row) => nano(row.nano_eur)))
  const difference = allocated - origin
  return { origin, allocated, difference, even: difference === 0n && rows === allocated }
}

export function perHour(prices: readonly Price[]): bigint {
  return add(prices.map((price) => nano(price.per_hour)))
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
