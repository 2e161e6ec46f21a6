import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { interruption } from '../../core/interruption'
import type { State } from '../../core/state'
import type { Stage } from '../../core/tiles'
import { Follow } from '../../i18n/follow'
import type { DeviceName, DeviceState } from '../../rtc/devices'
import type { SlotMedia } from '../../rtc/peer'
import '../base/icon'
import { base, controls, surfaces } from '../base/styles'
import { act } from './act'
import { advice } from './advice'
import type { Bar } from './bar'
import './bar'
import './clock'
import { away, door, lock, screen, sound, warning } from './icons'
import type { People } from './people'
import './people'
import { Refocus } from './refocus'
import type { Sounds } from './sounds'
import './sounds'
import './stage'
import { t } from './words'

const interruptions = {
  line: 'reconnectingLine',
  media: 'reconnectingMedia',
  both: 'reconnectingBoth',
  joining: 'joiningMedia',
} as const

/** The call: stage, bar, the list of people, and what has to be said at the moment. */
export class Call extends LitElement {
  static override properties = {
    course: { attribute: false },
    shown: { attribute: false },
    devices: { attribute: false },
    slots: { attribute: false },
    since: { attribute: false },
    shares: { attribute: false },
    open: { state: true },
    blocked: { state: true },
  }
  static override styles = [
    base,
    controls,
    surfaces,
    css`
      :host { position: fixed; inset: 0; overflow: auto; background: var(--stage); color: var(--stage-ink); }
      /* The stage is dark by day and night; the panel beside it and the banners keep the page's own colours. */
      header, wr-stage, footer { --focus: var(--stage-focus); }
      .call { display: grid; grid-template: auto minmax(200px, 1fr) auto / minmax(0, 1fr); gap: 0 var(--space-3); min-height: 100%; height: 100%; padding: var(--space-3) 14px 14px; }
      .call.open { grid-template-columns: minmax(0, 1fr) 340px; }
      header, footer { grid-column: 1 / -1; min-width: 0; }
      header { grid-row: 1; margin-bottom: var(--space-3); }
      wr-stage, .banners { grid-row: 2; grid-column: 1; }
      wr-people { grid-row: 2; grid-column: 2; }
      footer { grid-row: 3; margin-top: var(--space-3); }
      wr-sounds, .veil { display: none; }
      header { display: flex; align-items: center; gap: var(--space-3); min-height: 40px; padding: 0 var(--space-2); }
      h1 { flex: 1; min-width: 0; overflow: hidden; font-size: var(--text); letter-spacing: 0; text-overflow: ellipsis; white-space: nowrap; }
      h1:focus-visible { outline: none; }
      .chip { display: inline-flex; align-items: center; gap: var(--space-2); min-height: 36px; padding: 0 var(--space-4); border: 1px solid var(--stage-line); border-radius: var(--radius-round); color: var(--stage-second); font-size: var(--small); white-space: nowrap; }
      /* Above the pictures, so that none of them moves when something has to be said. */
      .banners { z-index: 1; align-self: start; display: grid; gap: var(--space-2); justify-items: center; padding: var(--space-2); pointer-events: none; }
      .banner { display: flex; flex-wrap: wrap; align-items: center; gap: var(--space-2) var(--space-4); width: fit-content; max-width: 100%; min-height: 44px; padding: var(--space-2) var(--space-2) var(--space-2) var(--space-4); border-radius: var(--radius-control); background: var(--sun-soft); color: var(--on-sun-soft); box-shadow: var(--stage-shadow); pointer-events: auto; }
      .banner p { padding: var(--space-1) var(--space-2) var(--space-1) 0; }
      .banner .button { min-height: 40px; padding: var(--space-1) var(--space-4); border-color: transparent; background: var(--action); color: var(--on-action); }
      @media (max-width: 379px) { .banner .button { padding-inline: var(--space-3); font-size: var(--small); } }
      .banner .button.plain { background: transparent; border-color: currentColor; color: inherit; }
      .banner .words { display: flex; align-items: center; gap: var(--space-3); flex: 0 1 auto; }
      .away { background: var(--stage-surface); color: var(--stage-ink); border: 1px solid var(--stage-edge); }
      @media (max-width: 900px) {
        .call.open { grid-template-columns: minmax(0, 1fr); }
        .call.open wr-people { position: fixed; inset: 20dvh 0 0; z-index: 2; border-radius: var(--radius) var(--radius) 0 0; box-shadow: var(--stage-shadow-up); }
        .veil { display: block; position: fixed; inset: 0; z-index: 1; background: var(--stage-veil); }
      }
      @media (max-width: 640px) {
        .call { padding: var(--space-2); }
        header { margin-bottom: var(--space-2); }
        footer { margin-top: var(--space-2); }
        .chip.invited { display: none; }
      }
    `,
  ]
  declare course: State
  declare shown: Stage
  declare devices: DeviceState
  declare slots: readonly SlotMedia[]
  declare since: number
  declare shares: boolean
  declare open: boolean
  declare blocked: boolean
  private readonly seen = new Set<number>()
  // There the list of people lies over everything else, like a dialog.
  private readonly narrow = matchMedia('(max-width: 900px)')

  constructor() {
    super()
    this.since = Date.now()
    this.shares = false
    this.open = false
    this.blocked = false
    new Follow(this)
    new Refocus(this, '.banner', ['h1'])
  }

  override focus(): void {
    this.renderRoot.querySelector('h1')?.focus()
  }

  protected override render(): TemplateResult {
    const { course, devices } = this
    if (course.phase.kind !== 'call') return html``
    const { call } = course.phase
    const title = course.view?.title || t('untitled')
    const over = this.open && this.narrow.matches
    return html`
      <main class="call ${this.open ? 'open' : ''}" data-test="call" data-flow=${call.flow}>
        <header>
          <h1 tabindex="-1" data-test="title">${title}</h1>
          <span class="chip invited"><wr-icon .svg=${lock}></wr-icon>${t('invited')}</span>
          <span class="chip number" role="timer" aria-label=${t('duration')}><wr-clock .since=${this.since}></wr-clock></span>
        </header>
        <div class="banners" ?inert=${over}>${this.banners()}</div>
        <wr-stage
          ?inert=${over}
          .stage=${this.shown}
          .slots=${this.slots}
          .camera=${devices.camera.on ? devices.camera.track : null}
          .quality=${call.quality}
        ></wr-stage>
        ${this.panel()}
        <footer ?inert=${over}>
          <wr-bar
            .devices=${devices}
            .people=${course.roster.people.length}
            .waiting=${course.roster.waiting?.length ?? 0}
            .open=${this.open}
            .shares=${this.shares}
            @people=${this.togglePeople}
          ></wr-bar>
        </footer>
        <wr-sounds .slots=${this.slots} @blocked=${this.soundBlocked}></wr-sounds>
      </main>
    `
  }

  private panel(): TemplateResult | typeof nothing {
    if (!this.open) return nothing
    return html`<div class="veil" @click=${this.hidePeople}></div><wr-people .course=${this.course} @hide=${this.hidePeople} @keydown=${this.escaped}></wr-people>`
  }

  private banners(): TemplateResult {
    return html`${this.interrupted()}${this.knocking()}${this.fault('microphone')}${this.fault('camera')}${this.silence()}${this.sharing()}`
  }

  private interrupted(): TemplateResult {
    const kind = interruption(this.course)
    // The live region stands before it speaks, or nobody hears it.
    return html`<div role="status" data-test="interruption" data-kind=${kind ?? ''}>
      ${
        kind
          ? html`<div class="banner away"><span class="words"><wr-icon .svg=${away}></wr-icon><p>${t(interruptions[kind])}</p></span></div>`
          : nothing
      }
    </div>`
  }

  // Whoever the chair has looked at and lets wait is not announced again; the number on the button stays.
  private knocking(): TemplateResult | typeof nothing {
    const waiting = this.course.roster.waiting ?? []
    const fresh = waiting.filter((each) => !this.seen.has(each.participant))
    const [first] = fresh
    if (!first || this.open) return nothing
    const one = fresh.length === 1
    return html`<div class="banner" data-test="knock">
      <span class="words">
        <wr-icon .svg=${door}></wr-icon>
        <p>${one ? t('knock', { name: first.name }) : t('knockMany', { n: fresh.length })}</p>
      </span>
      <span class="row">
        ${one ? this.admitButton(first.participant) : fresh.length === waiting.length ? this.admitAllButton() : nothing}
        <button class="button plain" data-test="show-waiting" @click=${this.togglePeople}>${t('show')}</button>
      </span>
    </div>`
  }

  private admitButton(participant: number): TemplateResult {
    return html`<button class="button" data-test="admit" @click=${() => act(this, { type: 'admit', participant })}>
      ${t('admit')}
    </button>`
  }

  private admitAllButton(): TemplateResult {
    return html`<button class="button" data-test="admit-all" @click=${() => act(this, { type: 'admit-all' })}>
      ${t('admitAll')}
    </button>`
  }

  protected override willUpdate(): void {
    if (!this.open) return
    for (const each of this.course.roster.waiting ?? []) this.seen.add(each.participant)
  }

  private fault(device: DeviceName): TemplateResult | typeof nothing {
    const { fault } = this.devices[device]
    if (!fault) return nothing
    const [title, text] = advice(device, fault)
    return html`<div class="banner" role="alert" data-test="${device}-fault" data-fault=${fault}>
      <span class="words"><wr-icon .svg=${warning}></wr-icon><p><strong>${title}</strong> ${text}</p></span>
      <button class="button plain" data-test="dismiss" @click=${() => act(this, { type: 'dismiss', device })}>${t('dismiss')}</button>
    </div>`
  }

  private silence(): TemplateResult | typeof nothing {
    if (!this.blocked) return nothing
    return html`<div class="banner" role="alert" data-test="sound-blocked">
      <span class="words"><wr-icon .svg=${sound}></wr-icon><p>${t('soundBlocked')}</p></span>
      <button class="button" data-test="sound-on" @click=${this.unblock}>${t('soundOn')}</button>
    </div>`
  }

  private sharing(): TemplateResult | typeof nothing {
    if (!this.devices.screen.on) return nothing
    return html`<div class="banner away" data-test="sharing">
      <span class="words"><wr-icon .svg=${screen}></wr-icon><p>${t('sharing')}</p></span>
      <button class="button" data-test="stop-sharing" @click=${() => act(this, { type: 'share' })}>${t('stopSharing')}</button>
    </div>`
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (!changed.has('open') || changed.get('open') === undefined) return
    if (this.open)
      this.renderRoot.querySelector<People>('wr-people')?.updateComplete.then(() => this.focusPanel())
    else this.renderRoot.querySelector<Bar>('wr-bar')?.focusPeople()
  }

  private focusPanel(): void {
    this.renderRoot.querySelector<People>('wr-people')?.focus()
  }

  private togglePeople(): void {
    this.open = !this.open
  }

  private hidePeople(): void {
    this.open = false
  }

  // A question that stands over the list takes the key for itself.
  private escaped(event: KeyboardEvent): void {
    const asked = event.composedPath().some((each) => each instanceof HTMLDialogElement)
    if (event.key === 'Escape' && !asked) this.open = false
  }

  private soundBlocked(): void {
    this.blocked = true
  }

  private unblock(): void {
    this.blocked = false
    this.renderRoot.querySelector<Sounds>('wr-sounds')?.unblock()
  }
}

customElements.define('wr-call', Call)
declare global {
  interface HTMLElementTagNameMap {
    'wr-call': Call
  }
}
