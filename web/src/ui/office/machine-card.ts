import { css, html, LitElement, nothing, type TemplateResult } from 'lit'
import { Follow } from '../../i18n/follow'
import { euro, nano } from '../../i18n/format'
import { t } from '../../i18n/organise'
import '../base/icon'
import { power } from '../base/icons'
import { base, controls, surfaces } from '../base/styles'
import { when } from './clock'
import { meaning, powered, tone } from './machine'
import type { Machine } from './model'
import { WishEvent } from './wish'

/** One machine: what it does, for whom, until when it is paid, what it costs, and a way to stop it. */
export class MachineCard extends LitElement {
  static override properties = { machine: { attribute: false } }
  static override styles = [
    base,
    controls,
    surfaces,
    css`
      .card { display: flex; flex-wrap: wrap; align-items: center; gap: var(--space-4) var(--space-8); padding-block: var(--space-5); }
      .says { flex: 1 1 320px; display: grid; gap: var(--space-1); }
      .says h2 { display: flex; align-items: center; gap: var(--space-3); font-size: var(--h3); }
      .lamp { flex: none; width: 14px; height: 14px; border-radius: var(--radius-round); background: var(--line); border: 2px solid var(--edge); }
      .lamp.good { background: var(--good); border-color: var(--good); }
      .lamp.sun { background: var(--sun); border-color: var(--sun); }
      .lamp.danger { background: var(--danger); border-color: var(--danger); }
      dl { flex: 1 0 100%; display: flex; flex-wrap: wrap; gap: var(--space-3) var(--space-8); }
      .button { margin-left: auto; }
      @media (max-width: 640px) { .button { order: 1; width: 100%; } }
      dt { color: var(--second); font-size: var(--small); }
      dd { font-weight: 600; overflow-wrap: anywhere; }
    `,
  ]
  declare machine: Machine

  constructor() {
    super()
    new Follow(this)
  }

  protected override render(): TemplateResult {
    const { machine } = this
    const on = powered(machine.state)
    return html`<section class="card" data-test="machine" data-machine=${machine.machine} data-state=${machine.state}>
      <div class="says">
        <h2><span class="lamp ${tone(machine.state)}"></span><span role="status" data-test="machine-state">${t(machine.state)}</span></h2>
        <p class="second">${meaning(machine)}</p>
      </div>
      ${stoppable(machine) ? this.stop() : nothing} ${on ? this.facts() : nothing}
    </section>`
  }

  private facts(): TemplateResult {
    const { machine } = this
    const fact = (name: string, value: string, hook: string) =>
      html`<div><dt>${name}</dt><dd class="number" data-test=${hook}>${value}</dd></div>`
    const rooms = machine.rooms.map((room) => room.title).join(', ')
    return html`<dl>
      ${rooms ? html`<div><dt>${t('forRooms')}</dt><dd>${rooms}</dd></div>` : nothing}
      ${
        machine.present + machine.waiting > 0
          ? fact(
              t('people'),
              t('counts', { present: machine.present, waiting: machine.waiting }),
              'machine-people',
            )
          : nothing
      }
      ${machine.paid_until ? fact(t('paidUntil'), t('clock', { when: when(machine.paid_until) }), 'machine-paid') : nothing}
      ${machine.hard_stop_at ? fact(t('hardStop'), t('clock', { when: when(machine.hard_stop_at) }), 'machine-ends') : nothing}
      ${fact(t('price'), euro(nano(machine.price_per_hour_nano_eur), 4), 'machine-price')}
    </dl>`
  }

  private stop(): TemplateResult {
    return html`<button class="button" data-test="machine-stop" @click=${() => this.dispatchEvent(new WishEvent({ kind: 'stop', machine: this.machine }))}>
      <wr-icon .svg=${power}></wr-icon>${t('stop')}
    </button>`
  }
}

// With people inside the button stays, and says why it cannot be: whoever looks for it finds an answer.
function stoppable(machine: Machine): boolean {
  return machine.can_stop || (powered(machine.state) && machine.present + machine.waiting > 0)
}

customElements.define('wr-machine-card', MachineCard)
declare global {
  interface HTMLElementTagNameMap {
    'wr-machine-card': MachineCard
  }
}
