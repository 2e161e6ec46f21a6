import { css, html, LitElement, nothing, type TemplateResult } from 'lit'
import { Follow } from '../../i18n/follow'
import { date } from '../../i18n/format'
import { t } from '../../i18n/organise'
import '../base/icon'
import { check, copy } from '../base/icons'
import { base, controls } from '../base/styles'
import { say } from '../base/toast'
import { when } from './clock'
import type { Role, Room } from './model'
import { WishEvent } from './wish'

const copiedFor = 3000 // ms

/**
 * One of a room's two links: for whom it is, and copy, show, renew. It is covered until asked for: whoever
 * plans on a shared screen does not give the chair away.
 */
export class LinkRow extends LitElement {
  static override properties = {
    room: { attribute: false },
    party: {},
    shown: { state: true },
    copied: { state: true },
    byHand: { state: true },
  }
  static override styles = [
    base,
    controls,
    css`
      :host { display: flex; flex-direction: column; gap: var(--space-2); padding: var(--space-4); border: 1px solid var(--line); border-radius: var(--radius-control); }
      .label { font-size: inherit; }
      .row { gap: var(--space-2); margin-top: auto; padding-top: var(--space-1); }
      .row .button { padding-inline: var(--space-4); }
      @media (max-width: 640px) { .row .button:first-child { flex: 1 0 100%; } .row .button.quiet { flex: 1; } }
      input { width: 100%; min-height: var(--control); padding: var(--space-2) var(--space-3); border: 1px solid var(--edge); border-radius: var(--radius-small); background: var(--sunken); color: var(--ink); font: inherit; font-size: var(--small); }
    `,
  ]
  declare room: Room
  declare party: Role
  declare shown: boolean
  declare copied: boolean
  declare byHand: boolean
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor() {
    super()
    this.shown = false
    this.copied = false
    this.byHand = false
    new Follow(this)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearTimeout(this.timer)
  }

  protected override render(): TemplateResult {
    const chair = this.party === 'chair'
    const name = chair ? t('chairLink') : t('guestLink')
    const guestHint = this.room.waiting_room ? t('guestHint') : t('guestHintOpen')
    return html`
      <h3 class="label">${name}</h3>
      <p class="hint">${chair ? t('chairHint') : guestHint}</p>
      ${this.age()}
      <div class="row">${this.buttons(name)}</div>
      ${this.shown ? this.address(name) : nothing}
      ${this.byHand ? html`<p class="hint" role="alert">${t('copyByHand')}</p>` : nothing}
    `
  }

  private age(): TemplateResult | typeof nothing {
    const { renewed_at, old_knocks_until } = this.room.links[this.party]
    const said = [
      renewed_at ? t('renewedAt', { when: date(renewed_at, 'moment') }) : '',
      old_knocks_until && new Date(old_knocks_until) > new Date()
        ? t('oldKnocks', { when: when(old_knocks_until) })
        : '',
    ].filter((text) => text)
    if (said.length === 0) return nothing
    return html`<p class="hint" data-test="link-${this.party}-age">${said.join(' ')}</p>`
  }

  private buttons(link: string): TemplateResult {
    // Screen readers hear which link of which room, after the words that can be seen.
    const label = (words: string) => `${words}: ${link}, ${this.room.title}`
    const hook = `link-${this.party}`
    return html`
      <button class="button" data-test="${hook}-copy" aria-label=${label(this.copied ? t('copied') : t('copy'))} @click=${this.copy}>
        <wr-icon .svg=${this.copied ? check : copy}></wr-icon>${this.copied ? t('copied') : t('copy')}
      </button>
      <button class="button quiet" data-test="${hook}-show" aria-label=${label(this.shown ? t('hide') : t('show'))} aria-expanded=${this.shown} @click=${this.toggle}>
        ${this.shown ? t('hide') : t('show')}
      </button>
      <button class="button quiet" data-test="${hook}-renew" aria-label=${label(t('renew'))} @click=${this.renew}>${t('renew')}</button>
    `
  }

  private address(name: string): TemplateResult {
    return html`<input
      readonly
      aria-label=${`${name}: ${this.room.title}`}
      data-test="link-${this.party}-url"
      .value=${this.room.links[this.party].url}
      @focus=${(event: FocusEvent) => (event.target as HTMLInputElement).select()}
    />`
  }

  private toggle(): void {
    this.shown = !this.shown
    this.byHand = false
  }

  private renew(): void {
    this.dispatchEvent(new WishEvent({ kind: 'renew', room: this.room, role: this.party }))
  }

  private async copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.room.links[this.party].url)
      this.confirm()
    } catch {
      await this.copyByHand()
    }
  }

  private confirm(): void {
    this.byHand = false
    this.copied = true
    say(t('copiedSay'))
    clearTimeout(this.timer)
    this.timer = setTimeout(() => {
      this.copied = false
    }, copiedFor)
  }

  // Without HTTPS, or when denied, there is no clipboard for pages: show the link, selected.
  private async copyByHand(): Promise<void> {
    this.shown = true
    this.byHand = true
    await this.updateComplete
    this.renderRoot.querySelector('input')?.focus()
  }
}

customElements.define('wr-link-row', LinkRow)
declare global {
  interface HTMLElementTagNameMap {
    'wr-link-row': LinkRow
  }
}
