import { t } from '../../i18n/organise'
import { when } from './clock'
import type { Machine, MachineState } from './model'

/** How a machine's state is coloured and named in one word. */
export type Tone = '' | 'good' | 'sun' | 'danger'

const tones: Readonly<Record<MachineState, Tone>> = {
  off: '',
  waking: 'sun',
  booting: 'sun',
  serving: 'good',
  holding: 'good',
  draining: 'sun',
  stopping: 'sun',
  unknown: 'danger',
  blocked: 'danger',
  quarantined: 'danger',
}

export function tone(state: MachineState): Tone {
  return tones[state] ?? 'danger'
}

/** The state in one word. */
export function pill(state: MachineState): string {
  switch (state) {
    case 'off':
      return t('pillOff')
    case 'waking':
    case 'booting':
      return t('pillComing')
    case 'serving':
      return t('pillOn')
    case 'holding':
      return t('pillReady')
    case 'draining':
    case 'stopping':
      return t('pillGoing')
    default:
      return t('pillTrouble')
  }
}

/** What the state means for whoever reads it, in one or two sentences. */
export function meaning(machine: Machine): string {
  switch (machine.state) {
    case 'booting': {
      const seconds = Math.ceil(machine.eta_ms / 1000)
      return seconds > 0 ? t('bootingText', { n: seconds }) : t('wakingText')
    }
    case 'holding':
      return machine.prewarm_until ? t('warmText', { when: when(machine.prewarm_until) }) : t('holdingText')
    case 'off':
      return t('offText')
    case 'waking':
      return t('wakingText')
    case 'serving':
      return t('servingText')
    case 'draining':
      return t('drainingText')
    case 'stopping':
      return t('stoppingText')
    case 'blocked':
      return t('blockedText')
    case 'quarantined':
      return t('quarantinedText')
    default:
      return t('unknownText')
  }
}

/** Whether the machine costs money by the minute now. */
export function powered(state: MachineState): boolean {
  return state !== 'off' && state !== 'blocked'
}
