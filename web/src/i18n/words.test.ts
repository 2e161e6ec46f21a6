import { afterEach, describe, expect, it, vi } from 'vitest'
import * as speech from './language'
import { documentAt, documents, type Text } from './text'
import { type Catalogue, type Entry, type Translate, words } from './words'

function speak(language: speech.Language): void {
  vi.spyOn(speech, 'language').mockReturnValue(language)
}

afterEach(() => vi.restoreAllMocks())

const t = words(
  {
    plain: 'Guten Tag',
    named: '{who} spricht, {who}!',
    count: { one: 'eine Person', other: '{n} Personen' },
  },
  { plain: 'Good day', named: '{who} speaks', count: { one: 'one person', other: '{n} people' } },
)

describe('words', () => {
  it('speaks the language in use', () => {
    speak('de')
    expect(t('plain')).toBe('Guten Tag')
    speak('en')
    expect(t('plain')).toBe('Good day')
  })

  it('fills in every place of a parameter', () => {
    speak('de')
    expect(t('named', { who: 'Anna' })).toBe('Anna spricht, Anna!')
  })

  it('does not read markers inside of what it fills in', () => {
    speak('en')
    expect(t('named', { who: '{n}$&' })).toBe('{n}$& speaks')
  })

  it.each([
    [0, '0 Personen'],
    [1, 'eine Person'],
    [2, '2 Personen'],
  ])('counts %i', (n, expected) => {
    speak('de')
    expect(t('count', { n })).toBe(expected)
  })

  it('does not compile with a missing key, a wrong kind or a missing parameter', () => {
    // @ts-expect-error the English key is missing
    words({ a: 'x' }, {})
    // @ts-expect-error the English entry is of another kind
    words({ a: { one: 'x', other: 'y' } }, { a: 'z' })
    // @ts-expect-error the parameter is missing
    t('named')
    // @ts-expect-error the parameter has another name
    t('named', { whom: 'Anna' })
    expect(t('plain')).not.toBe('')
  })
})

const modules = import.meta.glob<{ t?: Translate<Catalogue> }>(
  ['./*.ts', '../ui/**/words.ts', '!./*.test.ts'],
  {
    eager: true,
  },
)

function markers(entry: Entry | undefined): string[] {
  const text = typeof entry === 'string' ? entry : `${entry?.one} ${entry?.other}`
  return [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? ''))].sort()
}

describe('the catalogues', () => {
  const catalogues = Object.entries(modules).flatMap(([path, { t: found }]) =>
    found ? [[path, found] as const] : [],
  )

  it('are found', () => expect(catalogues.length).toBeGreaterThan(4))

  it.each(catalogues)('%s has the same parameters in both languages, and no empty words', (_, { de, en }) => {
    expect(Object.keys(en)).toEqual(Object.keys(de))
    for (const key of Object.keys(de)) {
      expect([key, markers(en[key])]).toEqual([key, markers(de[key])])
      expect(JSON.stringify([de[key], en[key]])).not.toContain('""')
    }
  })
})

describe('the text pages', () => {
  it.each(Object.entries({ ...documents, missing: documentAt('/nowhere') }))(
    '%s has the same parts in both languages',
    (_, { de, en }) => {
      const shape = (text: Text) =>
        text.sections.map(({ body }) => body.map((part) => (typeof part === 'string' ? 0 : part.length)))
      expect(shape(en)).toEqual(shape(de))
      expect(en.onward?.href).toBe(de.onward?.href)
    },
  )
})
