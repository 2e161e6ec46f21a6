import { css, html, LitElement, nothing, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { Follow } from '../../i18n/follow'
import { t as office } from '../../i18n/office'
import { t } from '../../i18n/organise'
import '../base/icon'
import { plus } from '../base/icons'
import '../base/shell'
import { base, controls, surfaces } from '../base/styles'
import { say } from '../base/toast'
import { api, codeOf } from './api'
import './confirm'
import type { Question } from './confirm'
import './machine-card'
import type { Machine, Room } from './model'
import { Poll } from './poll'
import './prewarm'
import './renew'
import './room-card'
import './room-form'
import { broken, loading, signedOut, stale, stateStyle } from './states'
import { next, type View } from './view'
import type { DoneEvent, Wish, WishEvent } from './wish'

const every = 3000 // ms between two looks at the gateway

interface Plans {
  readonly rooms: readonly Room[]
  readonly machines: readonly Machine[]
}

/** The organiser's page: the rooms with their links, the machines, and what one can do with both. */
export class Organise extends LitElement {
  static override properties = { view: { state: true }, wish: { state: true } }
  static override styles = [
    base,
    controls,
    surfaces,
    stateStyle,
    css`
      .head { display: flex; flex-wrap: wrap; align-items: end; justify-content: space-between; gap: var(--space-4); }
      .head > div { flex: 1 1 420px; display: grid; gap: var(--space-2); max-width: var(--reading); }
      .empty { display: grid; gap: var(--space-4); justify-items: start; padding: var(--space-10); }
      @media (max-width: 640px) { .head .button { width: 100%; } .empty { padding: var(--space-5); } }
    `,
  ]
  declare view: View<Plans>
  declare wish: Wish | undefined
  private readonly poll = new Poll(() => this.look(), every, document)

  constructor() {
    super()
    this.view = { kind: 'loading' }
    this.addEventListener('wish', (event) => {
      this.heed((event as WishEvent).wish)
    })
    new Follow(this)
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.poll.start()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.poll.stop()
  }

  // Ending a pre-warming can be taken back by pressing again, so nobody is asked twice.
  private heed(wish: Wish): void {
    if (wish.kind === 'cancelPrewarm') void this.cancelPrewarm(wish.room.room)
    else this.wish = wish
  }

  private async look(): Promise<boolean> {
    try {
      const [rooms, machines] = await Promise.all([api.rooms(), api.machines()])
      this.view = next(this.view, { kind: 'answered', data: { rooms, machines } })
      return true
    } catch (cause) {
      this.view = next(this.view, { kind: 'failed', code: codeOf(cause) })
      if (this.view.kind === 'signedOut') this.poll.stop()
      return false
    }
  }

  protected override render(): TemplateResult {
    document.title = t('title')
    const area = this.view.kind === 'signedOut' ? '' : 'organise'
    return html`<wr-shell area=${area} @sign-out=${this.signOut}>${this.content()}</wr-shell>
      ${this.view.kind === 'ready' ? this.dialog(this.view.data) : nothing}`
  }

  private content(): TemplateResult {
    const { view } = this
    switch (view.kind) {
      case 'loading':
        return loading(t('title'))
      case 'signedOut':
        return signedOut()
      case 'broken':
        return broken(view.code, this.poll.now)
      case 'ready':
        return html`<div class="stack" data-test="organise">
          ${view.stale ? stale() : nothing} ${this.head()}
          ${repeat(
            view.data.machines,
            (machine) => machine.machine,
            (machine) => html`<wr-machine-card .machine=${machine}></wr-machine-card>`,
          )}
          ${view.data.rooms.length === 0 ? this.empty() : this.rooms(view.data.rooms)}
        </div>`
    }
  }

  private head(): TemplateResult {
    return html`<div class="head">
      <div><h1 tabindex="-1">${t('title')}</h1><p class="second">${t('lead')}</p></div>
      ${this.makeButton()}
    </div>`
  }

  private makeButton(): TemplateResult {
    const open = () => {
      this.wish = { kind: 'create' }
    }
    return html`<button class="button primary" data-test="room-new" @click=${open}><wr-icon .svg=${plus}></wr-icon>${t('newRoom')}</button>`
  }

  private empty(): TemplateResult {
    return html`<section class="card empty" data-test="empty"><h2>${t('emptyTitle')}</h2><p>${t('emptyText')}</p></section>`
  }

  private rooms(rooms: readonly Room[]): TemplateResult {
    return html`${repeat(
      rooms,
      (room) => room.room,
      (room) => html`<wr-room-card .room=${room}></wr-room-card>`,
    )}`
  }

  private dialog(plans: Plans): TemplateResult | typeof nothing {
    const { wish } = this
    if (!wish) return nothing
    switch (wish.kind) {
      case 'create':
        return html`<wr-room-form @done=${this.done} @close=${this.close}></wr-room-form>`
      case 'edit':
        return html`<wr-room-form .room=${wish.room} @done=${this.done} @close=${this.close}></wr-room-form>`
      case 'renew':
        return html`<wr-renew .room=${wish.room} .party=${wish.role} @done=${this.done} @close=${this.close}></wr-renew>`
      case 'prewarm': {
        const price = plans.machines[0]?.price_per_hour_nano_eur
        return html`<wr-prewarm .room=${wish.room} .price=${price} @done=${this.done} @close=${this.close}></wr-prewarm>`
      }
      case 'stop':
        return this.stopping(
          plans.machines.find((machine) => machine.machine === wish.machine.machine) ?? wish.machine,
        )
      case 'remove':
        return this.confirm(removal(wish.room))
      case 'cancelPrewarm':
        return nothing
    }
  }

  private confirm(asked: Question): TemplateResult {
    return html`<wr-confirm .question=${asked} @done=${this.done} @close=${this.close}></wr-confirm>`
  }

  private stopping(machine: Machine): TemplateResult {
    if (machine.can_stop) {
      return this.confirm({
        heading: t('stopTitle'),
        text: t('stopText'),
        act: t('stop'),
        work: () => api.stop(machine.machine),
        done: t('stopped'),
      })
    }
    return html`<wr-dialog .heading=${t('stopBusyTitle')} .open=${true} @close=${this.close} data-test="stop-refused">
      <p>${t('stopBusyText', { n: Math.max(1, machine.present + machine.waiting) })}</p>
      <div class="row acts"><button class="button primary" data-test="understood" @click=${this.close}>${t('understood')}</button></div>
    </wr-dialog>`
  }

  private close(): void {
    this.wish = undefined
  }

  private async done(event: DoneEvent): Promise<void> {
    this.wish = undefined
    this.poll.now()
    await this.updateComplete
    say(event.text)
  }

  private async cancelPrewarm(room: string): Promise<void> {
    try {
      await api.cancelPrewarm(room)
      say(t('prewarmCancelled'))
    } catch (cause) {
      say(office(codeOf(cause)))
    }
    this.poll.now()
  }

  private async signOut(): Promise<void> {
    try {
      await api.signOut()
      this.poll.stop()
      this.view = { kind: 'signedOut' }
    } catch (cause) {
      say(office(codeOf(cause)))
    }
  }
}

function removal({ room, title }: Room): Question {
  return {
    heading: t('removeTitle', { title }),
    text: t('removeText'),
    act: t('removeAct'),
    work: () => api.remove(room),
    done: t('removed', { title }),
  }
}

customElements.define('wr-organise', Organise)
declare global {
  interface HTMLElementTagNameMap {
    'wr-organise': Organise
  }
}
