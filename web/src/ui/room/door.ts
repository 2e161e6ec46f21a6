import { css, html, LitElement, nothing, type TemplateResult } from 'lit'
import type { State } from '../../core/state'
import { Follow } from '../../i18n/follow'
import { maxName } from '../../proto/message'
import { type NameFault, nameFault, tidyName } from '../../proto/name'
import '../base/icon'
import { base, controls, surfaces } from '../base/styles'
import { act } from './act'
import { arrow } from './icons'
import { when } from './when'
import { t } from './words'

const faults = { missing: 'nameMissing', too_long: 'nameTooLong', unprintable: 'nameUnprintable' } as const

/** What the door says, one's name, and the one button that may wake the room. */
export class Door extends LitElement {
  static override properties = { course: { attribute: false }, fault: { state: true } }
  static override styles = [
    base,
    controls,
    surfaces,
    css`
      .card { display: grid; grid-template-columns: minmax(0, 1fr); gap: var(--space-5); padding: var(--space-8); }
      h1:focus-visible { outline: none; }
      form { display: grid; gap: var(--space-5); }
      .primary { min-height: 56px; font-size: var(--h3); }
      @media (max-width: 640px) { .card { padding: var(--space-5); gap: var(--space-4); } }
    `,
  ]
  declare course: State | undefined
  declare fault: NameFault | undefined

  constructor() {
    super()
    this.course = undefined
    this.fault = undefined
    new Follow(this)
  }

  override focus(): void {
    this.renderRoot.querySelector('h1')?.focus()
  }

  protected override render(): TemplateResult {
    const { course } = this
    const view = course?.view
    const fault = this.fault ?? (course?.nameRefused ? 'unprintable' : undefined)
    return html`<section class="card" data-test="door">
      <div class="stack tight">
        ${view?.starts_at ? html`<p class="second">${when(view.starts_at)}</p>` : nothing}
        <h1 tabindex="-1" data-test="title">${view?.title || t('untitled')}</h1>
        <p class="second" data-test="door-people">${crowd(view?.present ?? 0, view?.waiting ?? 0)}</p>
        ${view?.role === 'chair' ? html`<p class="second">${t('asChair')}</p>` : nothing}
      </div>
      <form novalidate @submit=${this.submit}>
        <div class="field">
          <label for="name">${t('yourName')}</label>
          <input
            id="name"
            name="name"
            data-test="name"
            autocomplete="name"
            autocapitalize="words"
            spellcheck="false"
            maxlength=${maxName * 2}
            .value=${course?.name ?? ''}
            aria-describedby="name-hint"
            aria-invalid=${fault ? 'true' : 'false'}
            @input=${this.typed}
          />
          <p class=${fault ? 'fault' : 'hint'} id="name-hint" role=${fault ? 'alert' : nothing}>
            ${t(fault ? faults[fault] : 'yourNameHint')}
          </p>
        </div>
        <button class="button primary" data-test="enter">${t('enter')}<wr-icon .svg=${arrow}></wr-icon></button>
        <p class="hint">${t('enterHint')}</p>
      </form>
    </section>`
  }

  private typed(): void {
    this.fault = undefined
  }

  private submit(event: Event): void {
    event.preventDefault()
    const field = this.renderRoot.querySelector('input')
    const name = tidyName(field?.value ?? '')
    this.fault = nameFault(name)
    if (this.fault) field?.focus()
    else act(this, { type: 'enter', name })
  }
}

function crowd(present: number, waiting: number): string {
  if (present > 0) return t('presentNow', { n: present })
  return waiting > 0 ? t('waitingNow', { n: waiting }) : t('nobodyYet')
}

customElements.define('wr-door', Door)
declare global {
  interface HTMLElementTagNameMap {
    'wr-door': Door
  }
}
