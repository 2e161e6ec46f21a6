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

const kept = { entered: true, name: 'Anna', resume: 'token', microphone: true, camera: false }

describe('what a tab remembers', () => {
  it('is found again for the same room, and for no other', () => {
    const tab = storage()
    keep(tab, 'rat', kept)
    expect(recall(tab, 'rat')).toEqual(kept)
    expect(recall(tab, 'verein')).toBeUndefined()
    forget(tab, 'rat')
    expect(recall(tab, 'rat')).toBeUndefined()
  })

  it('is nothing when it cannot be read', () => {
    const tab = storage()
    tab.setItem('weckruf.room.rat', '{')
    expect(recall(tab, 'rat')).toBeUndefined()
    tab.setItem('weckruf.room.rat', '{"entered":"yes"}')
    expect(recall(tab, 'rat')).toMatchObject({ entered: false, name: '', resume: '' })
    expect(recall(undefined, 'rat')).toBeUndefined()
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
