import { css, html, LitElement, nothing, type TemplateResult } from 'lit'
import { Follow } from '../../i18n/follow'
import { language } from '../../i18n/language'
import { documentAt, type Section, type Text } from '../../i18n/text'
import { type Settings, settings } from '../base/settings'
import '../base/shell'
import { base, controls } from '../base/styles'

/** The pages that are only text: legal notice, privacy, accessibility, help, and "not found". */
export class TextPage extends LitElement {
  static override properties = { about: { state: true } }
  static override styles = [
    base,
    controls,
    css`
      article { display: grid; gap: var(--space-4); max-width: var(--reading); margin: 0 auto; padding-top: var(--space-6); }
      .lead { font-size: 1.1875rem; color: var(--second); }
      section { display: grid; gap: var(--space-3); margin-top: var(--space-4); }
      ul { display: grid; gap: var(--space-2); padding-left: var(--space-6); }
      li::marker { color: var(--action); }
      .onward { justify-self: start; margin-top: var(--space-4); }
    `,
  ]
  declare about: Settings | undefined

  constructor() {
    super()
    new Follow(this)
  }

  override connectedCallback(): void {
    super.connectedCallback()
    void settings().then((about) => {
      this.about = about
    })
  }

  protected override render(): TemplateResult {
    const text = documentAt(location.pathname.replace(/(.)\/$/, '$1'))[language()]
    document.title = text.title
    return html`<wr-shell>
      <article data-test="text">
        <h1>${text.title}</h1>
        <p class="lead">${this.fill(text.lead)}</p>
        ${text.sections.map((section) => this.section(section))} ${this.onward(text)}
      </article>
    </wr-shell>`
  }

  private section({ heading, body }: Section): TemplateResult {
    const part = (part: string | readonly string[]) =>
      typeof part === 'string'
        ? html`<p>${this.fill(part)}</p>`
        : html`<ul>${part.map((item) => html`<li>${this.fill(item)}</li>`)}</ul>`
    return html`<section><h2>${heading}</h2>${body.map(part)}</section>`
  }

  private onward({ onward }: Text): TemplateResult | typeof nothing {
    if (!onward) return nothing
    const href = onward.href === 'imprint' ? this.about?.imprint_url || '/impressum' : onward.href
    return html`<a class="button onward" href=${href}>${onward.text}</a>`
  }

  private fill(text: string): string {
    return text.replaceAll('{organisation}', this.about?.organisation ?? '…')
  }
}

customElements.define('wr-text', TextPage)
declare global {
  interface HTMLElementTagNameMap {
    'wr-text': TextPage
  }
}
