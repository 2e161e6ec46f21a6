import { describe, expect, it } from 'vitest'
import { Ear, share } from './level'

describe('the level bar', () => {
  it('goes from nothing to full', () => {
    expect(share(0)).toBe(0)
    expect(share(1)).toBe(1)
    expect(share(0.1)).toBeGreaterThan(share(0.01))
  })
})

describe('the ear', () => {
  it('hears a voice, and remembers it for a while', () => {
    const ear = new Ear()
    expect(ear.hear(0, 0)).toBe('silent')
    expect(ear.hear(0.001, 100)).toBe('silent')
    expect(ear.hear(0.05, 200)).toBe('heard')
    expect(ear.hear(0, 5000)).toBe('heard')
    expect(ear.hear(0, 7000)).toBe('silent')
  })
})
