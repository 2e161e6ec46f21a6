import { afterEach, describe, expect, it, vi } from 'vitest'
import { calendarDay, date, euro, nano, number, roundTo } from './format'
import * as speech from './language'

function speak(language: speech.Language): void {
  vi.spyOn(speech, 'language').mockReturnValue(language)
}

afterEach(() => vi.restoreAllMocks())

// Intl puts a no-break space before the euro sign.
const spaced = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ')

describe('euro', () => {
  it.each([
    [1_234_560_000_000n, 2, '1.234,56 €'],
    [0n, 2, '0,00 €'],
    [0n, 4, '0,0000 €'],
    [5_000_000n, 2, '0,01 €'],
    [4_999_999n, 2, '0,00 €'],
    [-5_000_000n, 2, '-0,01 €'],
    [79_000_000n, 4, '0,0790 €'],
    [1n, 9, '0,000000001 €'],
    [9_007_199_254_740_993_000_000_001n, 9, '9.007.199.254.740.993,000000001 €'],
  ])('writes %s nano-euro with %i decimals as %s', (amount, digits, expected) => {
    speak('de')
    expect(spaced(euro(amount, digits))).toBe(expected)
  })

  it('writes English as the English do', () => {
    speak('en')
    expect(euro(1_234_560_000_000n)).toBe('€1,234.56')
  })
})

describe('amounts', () => {
  it('are read from numbers, strings and big integers', () => {
    expect([nano(5), nano('5'), nano(5n)]).toEqual([5n, 5n, 5n])
  })

  it.each([
    [15n, 10n, 20n],
    [14n, 10n, 10n],
    [-15n, 10n, -20n],
    [-14n, 10n, -10n],
    [0n, 10n, 0n],
  ])('round %s to a multiple of %s: %s', (amount, step, expected) => {
    expect(roundTo(amount, step)).toBe(expected)
  })
})

describe('numbers and dates', () => {
  it('follow the language', () => {
    speak('de')
    expect(number(1234.56, 1)).toBe('1.234,6')
    expect(calendarDay('2026-11', 'month')).toBe('November 2026')
    expect(calendarDay('2026-11-23', 'day')).toBe('Montag, 23. November')
    expect(date('2026-11-23T18:00:00Z', 'time', 'Europe/Berlin')).toBe('19:00')
    speak('en')
    expect(calendarDay('2026-11-23', 'day')).toBe('Monday 23 November')
    expect(calendarDay('2026-11-01', 'date')).toBe('01/11/2026')
  })

  it('keep a calendar day the same in every zone', () => {
    speak('de')
    vi.stubEnv('TZ', 'Pacific/Kiritimati')
    expect(calendarDay('2026-11-01', 'date')).toBe('01.11.2026')
    vi.unstubAllEnvs()
  })
})
