import { date } from '../../i18n/format'

function sameDay(a: Date, b: Date): boolean {
  return a.toDateString() === b.toDateString()
}

/** An instant as short as it stays clear: the time alone today, with its day otherwise. */
export function when(instant: string, now = new Date()): string {
  const at = new Date(instant)
  return date(at, sameDay(at, now) ? 'time' : 'moment')
}

/** Where a session lies as seen from now; a session counts as coming until two hours after its start. */
export function session(instant: string, now = new Date()): 'today' | 'coming' | 'past' {
  const at = new Date(instant)
  if (at.getTime() + 2 * 3_600_000 < now.getTime()) return 'past'
  return sameDay(at, now) ? 'today' : 'coming'
}
