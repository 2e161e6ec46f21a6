/** The two fields in which one enters a date and a time; empty strings mean "none". */
export interface Moment {
  readonly date: string
  readonly time: string
}

const two = (value: number) => String(value).padStart(2, '0')

/** An instant as the fields show it, in the reader's time zone. */
export function fieldsOf(instant: string | undefined): Moment {
  if (!instant) return { date: '', time: '' }
  const at = new Date(instant)
  return {
    date: `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`,
    time: `${two(at.getHours())}:${two(at.getMinutes())}`,
  }
}

/** The instant the fields name: null for none, undefined when only one of the two is filled in or neither is a date. */
export function instantOf(fields: Moment): string | null | undefined {
  if (!fields.date && !fields.time) return null
  if (!fields.date || !fields.time) return undefined
  const at = new Date(`${fields.date}T${fields.time}`)
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString()
}
