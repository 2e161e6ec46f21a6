import { maxName } from './message'

/** What is wrong with a name, or nothing. */
export type NameFault = 'missing' | 'too_long' | 'unprintable'

/** Brings a typed name into the form that the gateway takes: no blanks at the ends or doubled. */
export const tidyName = (typed: string): string => typed.replace(/\s+/gu, ' ').trim().normalize('NFC')

/** Says why a tidied name cannot be used, as the gateway would. */
export function nameFault(name: string): NameFault | undefined {
  if (name === '') return 'missing'
  if ([...name].length > maxName) return 'too_long'
  if (/[\p{C}\p{Zl}\p{Zp}]/u.test(name)) return 'unprintable'
  return undefined
}
