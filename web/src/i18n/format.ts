import { type Language, language } from './language'

const locales: Record<Language, string> = { de: 'de-DE', en: 'en-GB' }
const one = 1_000_000_000n

function locale(): string {
  return locales[language()]
}

/** An amount in nano-euro, exact. The API's whole numbers stay below 2⁵³ nano-euro, which is nine million euro. */
export function nano(value: number | string | bigint): bigint {
  return BigInt(value)
}

/** Rounds half away from zero to a multiple of step (both in nano-euro). */
export function roundTo(amount: bigint, step: bigint): bigint {
  const half = amount < 0n ? -step / 2n : step / 2n
  return ((amount + half) / step) * step
}

function decimal(amount: bigint): string {
  const size = amount < 0n ? -amount : amount
  const sign = amount < 0n ? '-' : ''
  return `${sign}${size / one}.${(size % one).toString().padStart(9, '0')}`
}

/** An amount in euro with a fixed number of decimals (2 to 9), rounded half away from zero: "1.234,56 €". */
export function euro(amount: bigint, digits = 2): string {
  const rounded = roundTo(amount, 10n ** BigInt(9 - digits))
  const format = new Intl.NumberFormat(locale(), {
    style: 'currency',
    currency: 'EUR',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  })
  // A decimal string is formatted exactly; a number would pass through a double.
  return format.format(decimal(rounded) as `${number}`)
}

/** A whole or broken number, with at most `digits` decimals. */
export function number(value: number, digits = 0): string {
  return new Intl.NumberFormat(locale(), { maximumFractionDigits: digits }).format(value)
}

/** Date formats. A date without a zone is shown in the reader's own. */
const shapes = {
  day: { weekday: 'long', day: 'numeric', month: 'long' },
  date: { day: '2-digit', month: '2-digit', year: 'numeric' },
  month: { month: 'long', year: 'numeric' },
  time: { hour: '2-digit', minute: '2-digit' },
  brief: { day: '2-digit', month: '2-digit', hour: '2-digit', minute: '2-digit' },
  moment: { weekday: 'short', day: 'numeric', month: 'long', hour: '2-digit', minute: '2-digit' },
} satisfies Record<string, Intl.DateTimeFormatOptions>

/** Writes an instant (RFC 3339 or Date) in one of the shapes, in the reader's time zone unless another is named. */
export function date(when: string | Date, shape: keyof typeof shapes, timeZone?: string): string {
  const options: Intl.DateTimeFormatOptions = { ...shapes[shape] }
  if (timeZone) options.timeZone = timeZone
  return new Intl.DateTimeFormat(locale(), options).format(new Date(when))
}

/** A calendar day such as 2026-11-23, or month such as 2026-11, which belongs to no zone. */
export function calendarDay(day: string, shape: 'day' | 'date' | 'month'): string {
  return date(`${day.length === 7 ? `${day}-01` : day}T12:00:00Z`, shape, 'UTC')
}
