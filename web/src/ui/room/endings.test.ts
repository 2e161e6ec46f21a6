import { describe, expect, it } from 'vitest'
import { refusalCodes } from '../../proto/message'
import { lackWords, refusalWords } from './endings'

describe('a shut door', () => {
  it.each(refusalCodes)('says for %s what is the case and whose move it is', (code) => {
    const said = refusalWords({ type: 'refusal', code, opens_at: '2030-01-01T18:00:00Z' })
    expect(said.heading.length).toBeGreaterThan(10)
    expect(said.text.length).toBeGreaterThan(40)
    // Nobody has to do anything, or the text asks for it.
    expect(said.waits || /bitte|Bitte|Bitten|rufen/.test(said.text)).toBe(true)
    expect(`${said.heading} ${said.text}`).not.toMatch(/\{|undefined|Fehler|Token|Session|Instan/)
  })

  it('names the time to come back', () => {
    expect(refusalWords({ type: 'refusal', code: 'wake_limit', retry_after_ms: 130_000 }).text).toContain(
      '3 Minuten',
    )
    expect(refusalWords({ type: 'refusal', code: 'too_early' })).toMatchObject({ waits: false })
  })
})

describe('a browser that cannot take part', () => {
  it.each(['in-app', 'too-old', 'insecure'] as const)('is told how to go on when it is %s', (lack) => {
    expect(lackWords(lack).text.length).toBeGreaterThan(40)
  })
})
