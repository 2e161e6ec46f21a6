import { t } from '../../i18n/finance'
import { number } from '../../i18n/format'
import type { Filter } from './bill'

/** A length of time, to the second, so that the lengths in a table add up as well. */
export function duration(seconds: number): string {
  return t('minutes', {
    minutes: number(Math.floor(seconds / 60)),
    seconds: String(seconds % 60).padStart(2, '0'),
  })
}

/** A room's name; a deleted room has none any more. */
export function roomName(title: string | undefined): string {
  return title || t('deleted')
}

/** Somebody pressed a figure: these are its rows. */
export class FilterEvent extends Event {
  static readonly type = 'filter'

  constructor(readonly filter: Filter) {
    super(FilterEvent.type, { bubbles: true, composed: true })
  }
}
