import { html, nothing, type TemplateResult } from 'lit'
import { euro, nano } from '../../i18n/format'
import { t } from '../../i18n/organise'
import { api } from './api'
import { choice, choiceStyle } from './choice'
import type { Room } from './model'
import { priceOf } from './prewarm-price'
import { Task } from './task'

const lengths = [15, 30, 60, 120, 240] // minutes

/** Starts the machine ahead of time, and says for how long and what that costs. */
export class Prewarm extends Task {
  static override properties = {
    ...Task.properties,
    room: { attribute: false },
    price: { attribute: false },
    minutes: { state: true },
  }
  static override styles = [Task.styles, choiceStyle]
  declare room: Room
  /** Nano-euro an hour; undefined when no machine is known. */
  declare price: number | undefined
  declare minutes: number

  constructor() {
    super()
    this.minutes = 30
  }

  protected override render(): TemplateResult {
    const options = lengths.map((n) => ({
      value: n,
      text: n < 60 ? t('minutes', { n }) : t('hours', { n: n / 60 }),
    }))
    const content = html`
      <p>${t('prewarmText')}</p>
      ${choice(t('prewarmLong'), options, this.minutes, (minutes) => {
        this.minutes = minutes
      })}
      <p class="second" data-test="prewarm-cost" aria-live="polite">${this.cost()}</p>`
    const act = html`<button class="button primary" data-test="prewarm" aria-disabled=${this.busy} @click=${this.go}>${t('prewarmAct')}</button>`
    return this.frame(t('prewarmTitle', { title: this.room.title }), content, act)
  }

  private cost(): string | typeof nothing {
    if (this.price === undefined) return nothing
    return t('prewarmCost', { amount: euro(priceOf(this.minutes, nano(this.price)), 4) })
  }

  private go(): void {
    void this.run(
      () => api.prewarm(this.room.room, this.minutes),
      () => t('prewarmed'),
    )
  }
}

customElements.define('wr-prewarm', Prewarm)
declare global {
  interface HTMLElementTagNameMap {
    'wr-prewarm': Prewarm
  }
}
