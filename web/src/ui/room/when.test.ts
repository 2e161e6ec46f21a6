import { describe, expect, it } from 'vitest'
import { initials, span, when, whenAt } from './when'

const at = (day: number, hour: number) => new Date(2026, 10, day, hour)

describe('a time', () => {
  it('is said as people say it', () => {
    const now = at(23, 8)
    expect(when(at(23, 19).toISOString(), now)).toBe('Heute, 19:00 Uhr')
    expect(when(at(24, 9).toISOString(), now)).toBe('Morgen, 09:00 Uhr')
    expect(when(at(25, 19).toISOString(), now)).toBe('Mittwoch, 25. November, 19:00 Uhr')
    expect(whenAt(at(24, 9).toISOString(), now)).toBe('morgen um 09:00 Uhr')
    expect(when(at(22, 19).toISOString(), now)).toBe('Sonntag, 22. November, 19:00 Uhr')
  })
})

describe('a span', () => {
  it.each([
    [0, '00:00'],
    [42.9, '00:42'],
    [605, '10:05'],
    [3723, '1:02:03'],
    [-5, '00:00'],
  ])('of %d seconds is %s', (seconds, text) => {
    expect(span(seconds)).toBe(text)
  })
})

describe('initials', () => {
  it.each([
    ['Anna Berger', 'AB'],
    ['Ratssaal', 'R'],
    ['Maximilian von Hohenstein-Waldburg', 'MW'],
    ['östen  åberg', 'ÖÅ'],
    ['„Dr.“ Kunz', 'DK'],
    ['!!', ''],
    ['', ''],
  ])('of %s are %s', (name, letters) => {
    expect(initials(name)).toBe(letters)
  })
})
