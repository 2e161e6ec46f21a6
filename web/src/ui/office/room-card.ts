import { css, html, LitElement, nothing, type TemplateResult } from 'lit'
import { Follow } from '../../i18n/follow'
import { date } from '../../i18n/format'
import { t } from '../../i18n/organise'
import '../base/icon'
import { calendar, door, pencil, sunrise, trash } from '../base/icons'
import { base, controls, surfaces } from '../base/styles'
import { session, when } from './clock'
import './link-row'
import { pill, powered, tone } from './machine'
import type { Room } from './model'
import { type Wish, WishEvent } from './wish'

/** One room: when it meets, who is there, its two links, and what one can do with it. */
export class RoomCard extends LitElement {
  static override properties = { room: { attribute: false } }
  static override styles = [
    base,
    controls,
    surfaces,
    css`
      .card { display: grid; gap: var(--space-5); }
      .top { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: start; gap: var(--space-3) var(--space-6); }
      .top > div:first-child { flex: 1 1 320px; display: grid; gap: var(--space-2); min-width: 0; }
      h2 { font-size: var(--h3); }
      .when { display: flex; align-items: center; gap: var(--space-2); }
      .pills { display: flex; flex-wrap: wrap; gap: var(--space-2); }
      .links { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 380px), 1fr)); gap: var(--space-4); }
      .warm { gap: var(--space-2) var(--space-4); }
      .top .row { gap: 0 var(--space-1); margin: -8px -12px 0 0; }
      .door { margin-left: auto; }
      .warm { margin-right: -12px; }
      .warm .button.quiet { padding-inline: var(--space-3); }
      @media (max-width: 640px) { .top .row { margin-left: -12px; } .warm { margin-right: 0; } .warm .button { width: 100%; } }
      .top .row .button { padding-inline: var(--space-3); }
    `,
  ]
  declare room: Room

  constructor() {
    super()
    new Follow(this)
  }

  protected override render(): TemplateResult {
    const { room } = this
    return html`<section class="card" data-test="room" data-room=${room.room} aria-labelledby="title">
      <div class="top">
        <div>
          <h2 id="title" data-test="room-title">${room.title}</h2>
          <p class="second when"><wr-icon .svg=${calendar}></wr-icon><span data-test="room-when">${this.planned()}</span></p>
          <div class="pills">${this.pills()}</div>
        </div>
        <div class="row">${this.tools()}</div>
      </div>
      <div class="links">
        <wr-link-row party="guest" .room=${room}></wr-link-row>
        <wr-link-row party="chair" .room=${room}></wr-link-row>
      </div>
      <div class="row warm">${this.warm()}${this.door()}</div>
    </section>`
  }

  private planned(): string {
    const at = this.room.starts_at
    if (!at) return t('noSession')
    switch (session(at)) {
      case 'today':
        return t('todaySession', { when: date(at, 'time') })
      case 'coming':
        return t('nextSession', { when: date(at, 'moment') })
      case 'past':
        return t('pastSession', { when: date(at, 'moment') })
    }
  }

  private pills(): TemplateResult {
    const { room } = this
    const machine = room.machine
    return html`
      ${room.present > 0 ? html`<span class="pill good" data-test="room-present">${t('present', { n: room.present })}</span>` : nothing}
      ${room.waiting > 0 ? html`<span class="pill sun" data-test="room-waiting">${t('waiting', { n: room.waiting })}</span>` : nothing}
      ${machine && powered(machine.state) ? html`<span class="pill ${tone(machine.state)}" data-test="room-machine">${t('servers')} ${pill(machine.state)}</span>` : nothing}
      <span class="pill">${room.waiting_room ? t('waitingRoomOn') : t('waitingRoomOff')}</span>
    `
  }

  private tools(): TemplateResult {
    const { room } = this
    return html`
      <button class="button quiet" data-test="room-edit" aria-label=${t('editFor', { title: room.title })} @click=${() => this.wish({ kind: 'edit', room })}>
        <wr-icon .svg=${pencil}></wr-icon>${t('edit')}
      </button>
      <button class="button quiet danger" data-test="room-delete" aria-label=${t('removeFor', { title: room.title })} @click=${() => this.wish({ kind: 'remove', room })}>
        <wr-icon .svg=${trash}></wr-icon>${t('remove')}
      </button>
    `
  }

  private warm(): TemplateResult {
    const { room } = this
    const until = room.machine?.prewarm_until
    if (until && new Date(until) > new Date()) {
      return html`
        <span class="pill sun" data-test="room-prewarm-until">${t('prewarmUntil', { when: when(until) })}</span>
        <button class="button" data-test="room-prewarm-cancel" aria-label=${t('prewarmCancelFor', { title: room.title })} @click=${() => this.wish({ kind: 'cancelPrewarm', room })}>
          ${t('prewarmCancel')}
        </button>`
    }
    return html`
      <button class="button" data-test="room-prewarm" aria-label=${t('prewarmFor', { title: room.title })} @click=${() => this.wish({ kind: 'prewarm', room })}>
        <wr-icon .svg=${sunrise}></wr-icon>${t('prewarm')}
      </button>
      <span class="hint">${t('prewarmHint')}</span>`
  }

  private door(): TemplateResult {
    const { room } = this
    return html`<a class="button quiet door" href=${room.links.chair.url} target="_blank" rel="noopener noreferrer" data-test="room-open" aria-label=${t('openFor', { title: room.title })}>
      <wr-icon .svg=${door}></wr-icon>${t('open')}
    </a>`
  }

  private wish(wish: Wish): void {
    this.dispatchEvent(new WishEvent(wish))
  }
}

customElements.define('wr-room-card', RoomCard)
declare global {
  interface HTMLElementTagNameMap {
    'wr-room-card': RoomCard
  }
}
