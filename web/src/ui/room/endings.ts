import type { Refusal } from '../../proto/message'
import type { Lack } from '../../rtc/ability'
import { clock, hourglass, unlink, users, warning } from './icons'
import { whenAt } from './when'
import { t } from './words'

/** What an ending page says. */
export interface Said {
  readonly heading: string
  readonly text: string
  readonly svg: string
  /** Nobody has to do anything: it goes on by itself. */
  readonly waits: boolean
  /** Trying again at once may help. */
  readonly again: boolean
}

/** Why the door stays shut, in plain words. */
export function refusalWords(refusal: Refusal): Said {
  const quiet = { waits: false, again: false }
  switch (refusal.code) {
    case 'wrong_link':
      return { ...quiet, heading: t('wrongLinkTitle'), text: t('wrongLinkLead'), svg: unlink }
    case 'withdrawn':
      return { ...quiet, heading: t('withdrawnTitle'), text: t('withdrawnLead'), svg: unlink }
    case 'too_early':
      return early(refusal)
    case 'full':
      return { heading: t('fullTitle'), text: t('fullLead'), svg: users, waits: true, again: true }
    case 'over_budget':
      return { heading: t('budgetTitle'), text: t('budgetLead'), svg: hourglass, waits: false, again: true }
    case 'no_machine':
      return { heading: t('machineTitle'), text: t('machineLead'), svg: hourglass, waits: true, again: false }
    case 'removed':
      return { ...quiet, heading: t('removedTitle'), text: t('removedLead'), svg: warning }
    case 'wake_limit':
      return pause(refusal, 'wakesTitle', 'wakesLead')
    case 'too_fast':
      return pause(refusal, 'rateTitle', 'rateLead')
  }
}

function early({ opens_at }: Refusal): Said {
  const text = opens_at ? t('earlyLead', { when: whenAt(opens_at) }) : t('earlyLeadUnknown')
  return { heading: t('earlyTitle'), text, svg: clock, waits: opens_at !== undefined, again: false }
}

function pause(refusal: Refusal, heading: 'wakesTitle' | 'rateTitle', lead: 'wakesLead' | 'rateLead'): Said {
  const minutes = Math.ceil((refusal.retry_after_ms ?? 0) / 60_000)
  const in_ = minutes > 0 ? t('inAbout', { n: minutes }) : ''
  return { heading: t(heading), text: t(lead, { when: in_ }), svg: clock, waits: true, again: false }
}

/** Why this browser cannot take part, and how to go on. */
export function lackWords(lack: Lack): Said {
  const said = { svg: warning, waits: false, again: false }
  switch (lack) {
    case 'in-app':
      return { ...said, heading: t('inAppTitle'), text: t('inAppLead') }
    case 'too-old':
      return { ...said, heading: t('tooOldTitle'), text: t('tooOldLead') }
    case 'insecure':
      return { ...said, heading: t('insecureTitle'), text: t('insecureLead') }
  }
}
