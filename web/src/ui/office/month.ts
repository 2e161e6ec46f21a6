/** Months as the API writes them: 2026-11. */
export type Month = string

const two = (value: number) => String(value).padStart(2, '0')

export function monthOf(at: Date): Month {
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}`
}

/** The month `by` months after the given one (before, when negative). */
export function shift(month: Month, by: number): Month {
  const [year = 0, number = 1] = month.split('-').map(Number)
  const count = year * 12 + number - 1 + by
  return `${String(Math.floor(count / 12)).padStart(4, '0')}-${two((count % 12) + 1)}`
}

/** A month from an address, or undefined when it is none. */
export function readMonth(text: string | null): Month | undefined {
  return text && /^\d{4}-(0[1-9]|1[0-2])$/.test(text) ? text : undefined
}

/** The months to choose from: the last `count` up to now, and the chosen one if it lies before. */
export function months(now: Month, chosen: Month, count = 24): Month[] {
  const list = Array.from({ length: count }, (_, index) => shift(now, -index))
  return list.includes(chosen) ? list : [...list, chosen].sort().reverse()
}
