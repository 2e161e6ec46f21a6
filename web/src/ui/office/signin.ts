import { html, LitElement, nothing, type TemplateResult } from 'lit'
import { Follow } from '../../i18n/follow'
import { t as office } from '../../i18n/office'
import { t } from '../../i18n/signin'
import '../base/icon'
import { alert, door, key } from '../base/icons'
import '../base/shell'
import { base, controls, surfaces } from '../base/styles'
import { api, codeOf } from './api'
import { refusal, type Step } from './signin-step'
import { stateStyle } from './states'

/** The sign-in page. The token stands in the fragment, which no server log and no Referer ever holds. */
export class SignIn extends LitElement {
  static override properties = { step: { state: true } }
  static override styles = [base, controls, surfaces, stateStyle]
  declare step: Step
  private token = ''

  constructor() {
    super()
    this.step = { kind: 'looking' }
    new Follow(this)
  }

  override connectedCallback(): void {
    super.connectedCallback()
    window.addEventListener('hashchange', this.begin)
    this.begin()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    window.removeEventListener('hashchange', this.begin)
  }

  // Also when a new link is put into the tab that shows an old one: the browser then loads nothing anew.
  private readonly begin = (): void => {
    this.token = location.hash.slice(1)
    this.step = { kind: this.token ? 'offer' : 'looking' }
    if (!this.token) void this.look()
  }

  // Without a token one may be signed in already.
  private async look(): Promise<void> {
    try {
      await api.me()
      this.step = { kind: 'inside' }
    } catch (cause) {
      const code = codeOf(cause)
      this.step = code === 'signed_out' ? { kind: 'missing' } : { kind: 'failed', code }
    }
  }

  private async signIn(): Promise<void> {
    if (this.step.kind === 'busy') return
    this.step = { kind: 'busy' }
    try {
      await api.signIn(this.token)
      location.replace('/organise') // the spent link leaves the history
    } catch (cause) {
      this.step = refusal(codeOf(cause))
    }
  }

  protected override render(): TemplateResult {
    document.title = t('title')
    return html`<wr-shell>${this.content()}</wr-shell>`
  }

  private content(): TemplateResult {
    const { step } = this
    switch (step.kind) {
      case 'looking':
        return html`<h1 class="hidden">${t('title')}</h1>`
      case 'missing':
        return this.dead(t('missingTitle'), t('missingText'), 'signin-missing')
      case 'spent':
        return this.dead(t('spentTitle'), t('spentText'), 'signin-spent')
      case 'inside':
        return this.inside()
      default:
        return this.offer(step)
    }
  }

  private offer(step: Step): TemplateResult {
    const busy = step.kind === 'busy'
    return html`<section class="card state" data-test="signin-page">
      <wr-icon .svg=${key}></wr-icon>
      <h1>${t('heading')}</h1>
      <p>${t('text')}</p>
      ${
        step.kind === 'failed'
          ? html`<div class="notice danger" role="alert" data-test="fault"><wr-icon .svg=${alert}></wr-icon><p>${office(step.code)}</p></div>`
          : nothing
      }
      <button class="button primary" data-test="signin" aria-disabled=${busy} @click=${this.token ? this.signIn : this.look}>
        ${busy ? t('acting') : this.token ? t('act') : office('retry')}
      </button>
      <p class="second small">${t('once')}</p>
    </section>`
  }

  private dead(heading: string, text: string, hook: string): TemplateResult {
    return html`<section class="card state broken" role="alert" data-test=${hook}>
      <wr-icon .svg=${alert}></wr-icon>
      <h1>${heading}</h1>
      <p>${text}</p>
      <p>${t('newLink')}</p>
      <code>bin/gateway invite</code>
    </section>`
  }

  private inside(): TemplateResult {
    return html`<section class="card state" data-test="signin-inside">
      <wr-icon .svg=${door}></wr-icon>
      <h1>${t('insideTitle')}</h1>
      <p>${t('insideText')}</p>
      <a class="button primary" href="/organise" data-test="go-organise">${t('go')}</a>
    </section>`
  }
}

customElements.define('wr-signin', SignIn)
declare global {
  interface HTMLElementTagNameMap {
    'wr-signin': SignIn
  }
}
