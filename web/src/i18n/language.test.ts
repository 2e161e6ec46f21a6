import { describe, expect, it } from 'vitest'
import { choose } from './language'

describe('the language', () => {
  it.each([
    ['is what the address asks for, before anything else', 'en', 'de', ['de-DE'], 'en'],
    ['is what was chosen before, when the address is silent', null, 'en', ['de-DE'], 'en'],
    ['is what the browser prefers, when nothing was chosen', null, null, ['en-GB', 'de'], 'en'],
    ['skips languages it does not speak', null, null, ['fr', 'EN-us', 'de'], 'en'],
    ['is German for everybody else', null, null, ['fr', 'tr'], 'de'],
    ['is German when a browser says nothing', null, null, [], 'de'],
    ['ignores an unknown wish in the address', 'xx', 'en', ['de'], 'en'],
    ['ignores an unknown word in the storage', null, 'klingon', ['en'], 'en'],
  ] as const)('%s', (_, asked, kept, preferred, expected) => {
    expect(choose(asked, kept, preferred)).toBe(expected)
  })
})
