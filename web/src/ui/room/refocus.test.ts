import { describe, expect, it } from 'vitest'
import { successor, trace } from './refocus'

class FakeSpot {
  isConnected = true
  nextElementSibling: FakeSpot | null = null
  row: FakeSpot | null = null
  readonly buttons: FakeSpot[] = []

  constructor(
    readonly test: string,
    private readonly isRow = false,
  ) {}
  getAttribute() {
    return this.test
  }
  closest() {
    return this.row
  }
  matches() {
    return this.isRow
  }
  querySelector(selector: string) {
    if (selector === 'button') return this.buttons[0] ?? null
    return this.buttons.find((each) => selector.includes(`"${each.test}"`)) ?? null
  }
  /** Itself, as the page sees it. */
  get element(): HTMLElement {
    return this as unknown as HTMLElement
  }
  /** A row with buttons of these kinds. */
  static row(...tests: string[]): FakeSpot {
    const row = new FakeSpot('', true)
    for (const test of tests) {
      const button = new FakeSpot(test)
      button.row = row
      row.buttons.push(button)
    }
    return row
  }
}

function list(...rows: FakeSpot[]): FakeSpot[] {
  rows.forEach((row, at) => {
    row.nextElementSibling = rows[at + 1] ?? null
  })
  return rows
}

function goes(row: FakeSpot): void {
  for (const each of [row, ...row.buttons]) each.isConnected = false
}

const heading = new FakeSpot('h2')
const headings = (selector: string) => (selector === 'h2' ? heading.element : null)
const leaving = (from: FakeSpot, ...gone: FakeSpot[]) => {
  const left = trace(from.element, 'li')
  gone.forEach(goes)
  return left && successor(left, headings, ['.list h2', 'h2'])
}

describe('the focus', () => {
  it('stays where it is as long as that is there', () => {
    const [row, next] = list(FakeSpot.row('admit'), FakeSpot.row('admit')) as [FakeSpot, FakeSpot]
    expect(leaving(row.buttons[0] as FakeSpot, next)).toBeUndefined()
    expect(trace(null, 'li')).toBeUndefined()
  })

  it('goes on to the same button of the next row that is still there', () => {
    const rows = list(
      FakeSpot.row('admit', 'reject'),
      FakeSpot.row('admit', 'reject'),
      new FakeSpot('no row'),
      FakeSpot.row('admit', 'reject'),
    ) as [FakeSpot, FakeSpot, FakeSpot, FakeSpot]
    expect(leaving(rows[0].buttons[1] as FakeSpot, rows[0], rows[1])).toBe(rows[3].buttons[1])
  })

  it('takes any button when the next row has not the same', () => {
    const [row, next] = list(FakeSpot.row('admit'), FakeSpot.row('dismiss')) as [FakeSpot, FakeSpot]
    expect(leaving(row.buttons[0] as FakeSpot, row)).toBe(next.buttons[0])
  })

  it('goes to the heading after the last row, and from what is in no row', () => {
    const row = FakeSpot.row('admit')
    expect(leaving(row.buttons[0] as FakeSpot, row)).toBe(heading)
    const all = new FakeSpot('admit-all')
    expect(leaving(all, all)).toBe(heading)
  })
})
