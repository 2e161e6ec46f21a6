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

/** A length of time as one speaks of it: in hours and minutes, and with seconds only where they matter. */
export function length(seconds: number): string {
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60]
  if (hours > 0) return t('hours', { hours: number(hours), minutes })
  return seconds >= 600 ? t('wholeMinutes', { minutes }) : duration(seconds)
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
