import { type Filter, groups, type Purpose } from './bill'
import { classes } from './model'
import { type Month, readMonth } from './month'

/** What the finance page's address says: a month and a choice of rows, so that both can be passed on. */
export interface Place {
  readonly month: Month | undefined
  readonly filter: Filter
}

const dayShape = /^\d{4}-\d{2}-\d{2}$/

function purposeOf(text: string | null): Purpose | undefined {
  const known: readonly string[] = [...classes, ...Object.keys(groups)]
  return text && known.includes(text) ? (text as Purpose) : undefined
}

export function readPlace(query: string): Place {
  const params = new URLSearchParams(query)
  const purpose = purposeOf(params.get('for'))
  const room = params.get('room')
  const day = params.get('day')
  return {
    month: readMonth(params.get('month')),
    filter: {
      ...(purpose && { purpose }),
      ...(room && { room }),
      ...(day && dayShape.test(day) && { day }),
    },
  }
}

export function writePlace(month: Month, filter: Filter): string {
  const params = new URLSearchParams({ month })
  if (filter.purpose) params.set('for', filter.purpose)
  if (filter.room) params.set('room', filter.room)
  if (filter.day) params.set('day', filter.day)
  return `?${params}`
}
