import { describe, expect, it } from 'vitest'
import { readPlace, writePlace } from './address'
import { codeOf, Fault, faultOf } from './api'
import { session } from './clock'
import { formOf, read } from './draft'
import { powered, tone } from './machine'
import { machineStates } from './model'
import { fieldsOf, instantOf } from './moment'
import { monthOf, months, readMonth, shift } from './month'
import { priceOf } from './prewarm-price'
import { refusal } from './signin-step'
import { next, type View } from './view'

describe('an error answer', () => {
  it.each([
    [409, { error: { code: 'in_use', detail: 'x' } }, 'in_use'],
    [401, { error: { code: 'signed_out' } }, 'signed_out'],
    [409, { error: { code: 'a code of tomorrow' } }, 'conflict'],
    [502, '<html>', 'unavailable'],
    [500, null, 'internal'],
    [418, { error: null }, 'internal'],
    [429, {}, 'too_fast'],
  ])('%i with %j is %s', (status, body, code) => {
    expect(faultOf(status, body).code).toBe(code)
  })

  it('that is none of the gateway’s is our own mistake', () => {
    expect(codeOf(new TypeError('x'))).toBe('internal')
    expect(codeOf(new Fault('away'))).toBe('away')
  })
})

describe('the view', () => {
  const ready: View<number> = { kind: 'ready', data: 1 }

  it('keeps what was seen when the gateway goes away, and says that it is old', () => {
    expect(next(ready, { kind: 'failed', code: 'away' })).toEqual({ kind: 'ready', data: 1, stale: 'away' })
  })

  it('forgets that it was old with the next answer', () => {
    expect(next({ ...ready, stale: 'away' }, { kind: 'answered', data: 2 })).toEqual({
      kind: 'ready',
      data: 2,
    })
  })

  it('shows nothing to whoever is signed out', () => {
    expect(next(ready, { kind: 'failed', code: 'signed_out' })).toEqual({ kind: 'signedOut' })
  })

  it('says so when nothing was ever seen', () => {
    expect(next<number>({ kind: 'loading' }, { kind: 'failed', code: 'away' })).toEqual({
      kind: 'broken',
      code: 'away',
    })
  })
})

describe('a date and a time', () => {
  it('come back as they were entered', () => {
    const instant = instantOf({ date: '2026-11-24', time: '19:00' })
    expect(fieldsOf(instant ?? undefined)).toEqual({ date: '2026-11-24', time: '19:00' })
  })

  it('may both be missing, but not one alone', () => {
    expect(instantOf({ date: '', time: '' })).toBeNull()
    expect(instantOf({ date: '2026-11-24', time: '' })).toBeUndefined()
    expect(instantOf({ date: '', time: '19:00' })).toBeUndefined()
    expect(instantOf({ date: 'tomorrow', time: '19:00' })).toBeUndefined()
  })
})

describe('a room’s form', () => {
  const filled = { ...formOf(undefined), title: '  Gemeinderat ' }

  it('has the waiting room on for a new room', () => expect(formOf(undefined).waitingRoom).toBe(true))

  it('becomes a draft, without the spaces around the name', () => {
    expect(read(filled)).toEqual({ draft: { title: 'Gemeinderat', starts_at: null, waiting_room: true } })
    expect(read({ ...filled, capacity: '25' })).toMatchObject({ draft: { capacity: 25 } })
  })

  it.each([
    [{ title: '   ' }, 'nameMissing'],
    [{ date: '2026-11-24' }, 'momentHalf'],
    [{ capacity: '1' }, 'capacityWrong'],
    [{ capacity: '501' }, 'capacityWrong'],
    [{ capacity: 'viele' }, 'capacityWrong'],
    [{ capacity: '2.5' }, 'capacityWrong'],
  ])('with %j names the problem %s', (part, problem) => {
    expect(read({ ...filled, ...part })).toEqual({ problem })
  })
})

describe('a session', () => {
  const now = new Date('2026-11-23T12:00:00')
  it.each([
    ['2026-11-23T19:00:00', 'today'],
    ['2026-11-23T10:30:00', 'today'],
    ['2026-11-23T09:00:00', 'past'],
    ['2026-11-24T00:30:00', 'coming'],
  ])('at %s is %s', (at, expected) => {
    expect(session(at, now)).toBe(expected)
  })
})

describe('the months', () => {
  it('go over the turn of the year', () => {
    expect(shift('2026-01', -1)).toBe('2025-12')
    expect(shift('2026-12', 1)).toBe('2027-01')
    expect(shift('2026-11', -24)).toBe('2024-11')
  })

  it('are read strictly', () => {
    expect(readMonth('2026-11')).toBe('2026-11')
    for (const wrong of ['2026-13', '2026-00', '2026-1', 'x', '', null])
      expect(readMonth(wrong)).toBeUndefined()
  })

  it('offer the chosen one even when it lies far back', () => {
    expect(months('2026-11', '2020-02', 2)).toEqual(['2026-11', '2026-10', '2020-02'])
    expect(monthOf(new Date(2026, 10, 1))).toBe('2026-11')
  })
})

describe('the finance page’s address', () => {
  it('carries month and choice there and back', () => {
    const filter = { purpose: 'empty', room: 'a&b', day: '2026-11-02' } as const
    expect(readPlace(writePlace('2026-11', filter))).toEqual({ month: '2026-11', filter })
  })

  it('ignores what it does not know', () => {
    expect(readPlace('?month=now&for=everything&day=monday&lang=en')).toEqual({
      month: undefined,
      filter: {},
    })
  })
})

describe('a machine', () => {
  it('has a colour in every state, and only one that is off is grey', () => {
    expect(machineStates.filter((state) => tone(state) === '')).toEqual(['off'])
  })

  it('costs in every state but off and blocked', () => {
    expect(machineStates.filter((state) => !powered(state))).toEqual(['off', 'blocked'])
  })

  it('is priced by the minute, rounded up', () => {
    expect(priceOf(30, 79_000_000n)).toBe(39_500_000n)
    expect(priceOf(1, 1n)).toBe(1n)
  })
})

describe('a refused sign-in', () => {
  it.each(['signed_out', 'not_found', 'conflict', 'malformed'] as const)(
    'with %s means a spent link',
    (code) => {
      expect(refusal(code)).toEqual({ kind: 'spent' })
    },
  )

  it.each(['away', 'too_fast', 'unavailable', 'wrong_origin'] as const)(
    'with %s may be tried again',
    (code) => {
      expect(refusal(code)).toEqual({ kind: 'failed', code })
    },
  )
})
