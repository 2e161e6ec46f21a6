import { describe, expect, it } from 'vitest'
import { type Box, gap, grid, spotlight } from './grid'

const stages: [number, number][] = [
  [1252, 640],
  [374, 680],
  [320, 400],
  [2500, 1300],
  [900, 200],
]

const apart = (a: Box, b: Box) =>
  a.x + a.width + gap <= b.x + 1.5 ||
  b.x + b.width + gap <= a.x + 1.5 ||
  a.y + a.height + gap <= b.y + 1.5 ||
  b.y + b.height + gap <= a.y + 1.5

describe.each(stages)('a stage of %i × %i', (width, height) => {
  it.each(Array.from({ length: 25 }, (_, at) => at + 1))('holds %i tiles side by side', (count) => {
    const boxes = grid(count, width, height)
    expect(boxes).toHaveLength(count)
    for (const box of boxes) {
      expect(box.x).toBeGreaterThanOrEqual(0)
      expect(box.y).toBeGreaterThanOrEqual(0)
      expect(box.x + box.width).toBeLessThanOrEqual(width + 1)
      expect(box.y + box.height).toBeLessThanOrEqual(height + 1)
      expect([box.width, box.height]).toEqual([boxes[0]?.width, boxes[0]?.height])
    }
    boxes.forEach((box, at) => {
      for (const other of boxes.slice(at + 1)) expect(apart(box, other)).toBe(true)
    })
  })

  it.each([0, 1, 4, 24])('shows one large picture beside %i small ones', (count) => {
    const { main, rest } = spotlight(count, width, height)
    expect(rest).toHaveLength(count)
    for (const box of rest) expect(apart(main, box)).toBe(true)
  })
})

describe('the grid', () => {
  it('fills a wide stage with three in a row for nine people', () => {
    expect(new Set(grid(9, 1252, 640).map((box) => box.x)).size).toBe(3)
  })

  it('has two columns on a phone', () => {
    expect(new Set(grid(6, 374, 680).map((box) => box.x)).size).toBe(2)
  })

  it('has nothing to show on a stage without room', () => {
    expect(grid(3, 0, 0)).toEqual([])
  })
})
