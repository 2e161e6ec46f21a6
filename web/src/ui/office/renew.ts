import { html, type TemplateResult } from 'lit'
import { t } from '../../i18n/organise'
import '../base/icon'
import { warning } from '../base/icons'
import { api } from './api'
import { choice, choiceStyle } from './choice'
import type { Role, Room } from './model'
import { Task } from './task'

/** Renews one of a room's links and settles how long the old one may still knock. */
export class Renew extends Task {
  static override properties = {
    ...Task.properties,
    room: { attribute: false },
    party: {},
    hours: { state: true },
  }
  static override styles = [Task.styles, choiceStyle]
  declare room: Room
  declare party: Role
  declare hours: number

  constructor() {
    super()
    this.hours = 24
  }

  protected override render(): TemplateResult {
    const options = [
      { value: 0, text: t('renew0') },
      { value: 24, text: t('renew24') },
      { value: 72, text: t('renew72') },
      { value: 168, text: t('renew168') },
    ]
    const content = html`
      <p>${t('renewText')}</p>
      ${choice(t('renewOld'), options, this.hours, (hours) => {
        this.hours = hours
      })}
      <p class="hint">${t('renewOldHint')}</p>
      <div class="notice sun"><wr-icon .svg=${warning}></wr-icon><p>${t('renewWarn')}</p></div>`
    const act = html`<button class="button primary" data-test="renew" aria-disabled=${this.busy} @click=${this.go}>${t('renewAct')}</button>`
    return this.frame(this.party === 'chair' ? t('renewTitleChair') : t('renewTitleGuest'), content, act)
  }

  private go(): void {
    const work = async () => void (await api.renew(this.room.room, this.party, this.hours))
    void this.run(work, () => t('renewed'))
  }
}

customElements.define('wr-renew', Renew)
declare global {
  interface HTMLElementTagNameMap {
    'wr-renew': Renew
  }
}
