import { describe, expect, it } from 'vitest'
import { nameFault, tidyName } from './name'

describe('a name', () => {
  it('is tidied before it is judged', () => {
    expect(tidyName('  Anna \t Berger ')).toBe('Anna Berger')
    expect(tidyName('A\u0308nne')).toBe('Änne')
  })

  it.each([
    ['', 'missing'],
    ['x'.repeat(61), 'too_long'],
    ['😀'.repeat(60), undefined],
    ['An\u200bna', 'unprintable'],
    ['An\u202ena', 'unprintable'],
    ['Dr. Änne-Marie O’Neill', undefined],
  ])('%j is judged as the gateway would', (name, fault) => {
    expect(nameFault(name)).toBe(fault)
  })
})
