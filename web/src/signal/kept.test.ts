import { describe, expect, it } from 'vitest'
import { forget, keep, recall } from './kept'

function storage(): Storage {
  const map = new Map<string, string>()
  return {
    getItem: (key: string) => map.get(key) ?? null,
    setItem: (key: string, value: string) => map.set(key, value),
    removeItem: (key: string) => map.delete(key),
  } as unknown as Storage
}

const kept = { entered: true, name: 'Anna', resume: 'token', microphone: true, camera: false, at: 1000 }

describe('what a tab remembers', () => {
  it.each([
    ['a minute', 61_000, true],
    ['longer', 61_001, false],
    ['a clock that was set back', -60_000, false],
  ] as const)('leads inside again after %s or not', (_, now, inside) => {
    const tab = storage()
    keep(tab, 'rat', { ...kept, camera: true })
    expect(recall(tab, 'rat', now)).toMatchObject({
      entered: inside,
      microphone: inside,
      camera: inside,
      name: 'Anna',
      resume: 'token',
    })
  })

  it('leads nowhere without a time', () => {
    const tab = storage()
    tab.setItem('weckruf.room.rat', '{"entered":true,"name":"Anna","camera":true}')
    expect(recall(tab, 'rat', 0)).toMatchObject({ entered: false, camera: false, name: 'Anna' })
  })

  it('is found again for the same room, and for no other', () => {
    const tab = storage()
    keep(tab, 'rat', kept)
    expect(recall(tab, 'rat', 2000)).toEqual(kept)
    expect(recall(tab, 'verein', 2000)).toBeUndefined()
    forget(tab, 'rat')
    expect(recall(tab, 'rat', 2000)).toBeUndefined()
  })

  it('is nothing when it cannot be read', () => {
    const tab = storage()
    tab.setItem('weckruf.room.rat', '{')
    expect(recall(tab, 'rat', 2000)).toBeUndefined()
    tab.setItem('weckruf.room.rat', '{"entered":"yes"}')
    expect(recall(tab, 'rat', 2000)).toMatchObject({ entered: false, name: '', resume: '' })
    expect(recall(undefined, 'rat', 2000)).toBeUndefined()
  })

  it('does not disturb when the browser allows no storage', () => {
    const shut = {
      getItem: () => null,
      setItem: () => {
        throw new Error('full')
      },
      removeItem: () => {
        throw new Error('shut')
      },
    } as unknown as Storage
    expect(() => {
      keep(shut, 'rat', kept)
      forget(shut, 'rat')
    }).not.toThrow()
  })
})
