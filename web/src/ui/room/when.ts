import { date } from '../../i18n/format'
import { t } from './words'

/** A time as people say it: today or tomorrow, or the day. */
export function when(moment: string, now = new Date()): string {
  return said(moment, now, ['today', 'tomorrow', 'onDay'])
}

/** The same within a sentence. */
export function whenAt(moment: string, now = new Date()): string {
  return said(moment, now, ['atToday', 'atTomorrow', 'atDay'])
}

type Forms = ['today', 'tomorrow', 'onDay'] | ['atToday', 'atTomorrow', 'atDay']

function said(moment: string, now: Date, [today, tomorrow, otherwise]: Forms): string {
  const time = date(moment, 'time')
  const days = dayOf(new Date(moment)) - dayOf(now)
  if (days === 0) return t(today, { time })
  if (days === 1) return t(tomorrow, { time })
  return t(otherwise, { day: date(moment, 'day'), time })
}

// Calendar days in the reader's zone, counted so that a change of clocks does not matter.
function dayOf(moment: Date): number {
  return Math.round(Date.UTC(moment.getFullYear(), moment.getMonth(), moment.getDate()) / 86_400_000)
}

/** A span of minutes and seconds: 0:42, 1:02:03. */
export function span(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const hours = Math.floor(whole / 3600)
  const minutes = Math.floor(whole / 60) % 60
  const two = (value: number) => value.toString().padStart(2, '0')
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${two(minutes)}:${two(whole % 60)}`
}

/** The letters that stand for somebody without a picture. */
export function initials(name: string): string {
  const parts = name.split(/[\s-]+/u).filter((each) => /\p{L}|\p{N}/u.test(each))
  const letters = [parts[0], parts.length > 1 ? parts.at(-1) : undefined].map((each) => first(each ?? ''))
  return letters.join('').toLocaleUpperCase()
}

function first(word: string): string {
  return [...word].find((each) => /\p{L}|\p{N}/u.test(each)) ?? ''
}
