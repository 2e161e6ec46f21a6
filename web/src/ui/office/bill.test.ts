import { describe, expect, it } from 'vitest'
import {
  apportion,
  belongs,
  byDay,
  groups,
  headline,
  lines,
  roundTheClock,
  select,
  sum,
  verdict,
} from './bill'
import { type Class, type CostRow, type Costs, classes } from './model'

// A small generator with a seed: the same rows in every run.
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

function row(day: string, room: string, of: Class, seconds: number, nano_eur: number): CostRow {
  return {
    day,
    room,
    title: room.toUpperCase(),
    class: of,
    minutes: Math.round(seconds / 60),
    seconds,
    nano_eur,
  }
}

function many(seed: number): CostRow[] {
  const next = random(seed)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T
  return Array.from({ length: Math.floor(next() * 40) }, () =>
    row(
      pick(['2026-11-01', '2026-11-02', '2026-11-30']),
      pick(['a', 'b', 'c']),
      pick(classes),
      Math.floor(next() * 7200),
      Math.floor(next() * 300_000_000),
    ),
  )
}

const step = 100_000n
const total = (amounts: readonly bigint[]) => amounts.reduce((all, amount) => all + amount, 0n)

describe('apportion', () => {
  it('keeps every amount within one step of the truth and adds up to the rounded sum', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const exact = many(seed).map((cost) => BigInt(cost.nano_eur))
      const shown = apportion(exact)
      expect(total(shown)).toBe(((total(exact) + step / 2n) / step) * step)
      shown.forEach((amount, index) => {
        const off = amount - (exact[index] ?? 0n)
        expect(off < step && off > -step && amount % step === 0n).toBe(true)
      })
    }
  })

  it('gives the remainder to the largest part', () => {
    expect(apportion([60_000n, 50_000n, 0n])).toEqual([100_000n, 0n, 0n])
  })

  it('takes nothing for nothing', () => expect(apportion([])).toEqual([]))
})

describe('the headline', () => {
  const day = '2026-11-01'

  it('adds up as shown, in cents and whole minutes', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const all = lines(many(seed))
      const { total: whole, groups: parts, digits } = headline(all)
      const shown = Object.values(parts)
      expect(total(shown.map((part) => part.amount))).toBe(whole.amount)
      expect(shown.reduce((seconds, part) => seconds + part.seconds, 0)).toBe(whole.seconds)
      if (digits === 2) expect(whole.amount % 10_000_000n).toBe(0n)
    }
  })

  it('rounds what it says of a month', () => {
    const all = lines([row(day, 'a', 'used', 27_426, 601_800_000), row(day, 'a', 'boot', 1329, 29_200_000)])
    expect(headline(all)).toMatchObject({
      total: { amount: 630_000_000n, seconds: 28_740 },
      groups: { inUse: { amount: 600_000_000n, seconds: 27_420 }, start: { amount: 30_000_000n } },
      digits: 2,
    })
  })

  it('is finer while there are few cents to speak of', () => {
    const { total: whole, digits } = headline(lines([row(day, 'a', 'used', 61, 1_340_000)]))
    expect({ whole, digits }).toEqual({ whole: { amount: 1_300_000n, seconds: 61 }, digits: 4 })
  })
})

describe('the lines', () => {
  it('add up: rows to their day, days to the month, classes to the month', () => {
    for (let seed = 1; seed <= 100; seed++) {
      const all = lines(many(seed))
      const month = sum(all)
      expect(total(byDay(all).map((day) => day.shown))).toBe(month.shown)
      expect(total(classes.map((purpose) => sum(select(all, { purpose })).shown))).toBe(month.shown)
      for (const day of byDay(all)) expect(total(day.lines.map((line) => line.shown))).toBe(day.shown)
    }
  })

  it('show of each day what the day cost, rounded', () => {
    const all = lines([
      row('2026-11-01', 'a', 'used', 60, 140_000),
      row('2026-11-01', 'a', 'hold', 60, 140_000),
    ])
    expect(byDay(all)[0]?.shown).toBe(300_000n)
  })

  it('come by day, room and class, whatever the order of the rows', () => {
    const rows = [
      row('2026-11-02', 'a', 'used', 1, 1),
      row('2026-11-01', 'b', 'hold', 1, 1),
      row('2026-11-01', 'b', 'used', 1, 1),
      row('2026-11-01', 'a', 'boot', 1, 1),
    ]
    const order = (some: readonly CostRow[]) =>
      lines(some).map((line) => `${line.day} ${line.room} ${line.class}`)
    expect(order(rows)).toEqual([
      '2026-11-01 a boot',
      '2026-11-01 b used',
      '2026-11-01 b hold',
      '2026-11-02 a used',
    ])
    expect(order([...rows].reverse())).toEqual(order(rows))
  })

  it('are chosen by purpose, room and day together', () => {
    const all = lines(many(7))
    const some = select(all, { purpose: 'empty', room: 'a', day: '2026-11-02' })
    expect(
      some.every((line) => line.room === 'a' && line.day === '2026-11-02' && belongs(line.class, 'empty')),
    ).toBe(true)
    expect(select(all, {})).toEqual(all)
  })
})

describe('the groups', () => {
  it('hold every class exactly once, so that nothing is hidden', () => {
    expect(Object.values(groups).flat().sort()).toEqual([...classes].sort())
  })
})

function costs(origin: number, allocated: number, rows: CostRow[]): Costs {
  return {
    month: '2026-11',
    as_of: '2026-11-11T00:00:00Z',
    provisional: true,
    rows,
    runs: [],
    sum: { origin_nano_eur: origin, allocated_nano_eur: allocated, difference_nano_eur: allocated - origin },
  }
}

describe('the verdict', () => {
  const rows = [row('2026-11-01', 'a', 'used', 60, 3), row('2026-11-01', 'a', 'hold', 60, 4)]

  it('is good when origin, allocation and rows are the same', () => {
    expect(verdict(costs(7, 7, rows))).toEqual({ origin: 7n, allocated: 7n, difference: 0n, even: true })
  })

  it.each([
    ['origin and allocation differ by a nano-euro', 8, 7],
    ['the rows are not what the sum says', 8, 8],
  ])('is bad when %s', (_, origin, allocated) => {
    expect(verdict(costs(origin, allocated, rows)).even).toBe(false)
  })
})

describe('around the clock', () => {
  const run = {
    machine: 'm',
    epoch: 1,
    room: 'a',
    from: '2026-11-10T00:00:00Z',
    prices: [
      { resource: 'compute', per_hour: 70 },
      { resource: 'ipv4', per_hour: 9 },
    ],
    origin_nano_eur: 0,
    allocated_nano_eur: 0,
  }

  it('counts from the start of the month until now', () => {
    expect(roundTheClock({ ...costs(0, 0, []), runs: [run] })).toBe(79n * 240n)
  })

  it('counts no further than the end of the month', () => {
    expect(roundTheClock({ ...costs(0, 0, []), as_of: '2027-03-01T00:00:00Z', runs: [run] })).toBe(79n * 720n)
  })

  it('says nothing without a price', () => expect(roundTheClock(costs(0, 0, []))).toBeUndefined())
})
