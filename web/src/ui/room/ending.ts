import { css, html, LitElement, nothing, type TemplateResult } from 'lit'
import '../base/icon'
import { base, controls, surfaces } from '../base/styles'

/** A page that says one thing: what is the case, whose move it is, and at most one button in its slot. */
export class Ending extends LitElement {
  static override properties = { heading: {}, text: {}, note: {}, svg: { attribute: false } }
  static override styles = [
    base,
    controls,
    surfaces,
    css`
      :host { display: grid; place-items: center; padding: var(--space-6) 0; }
      .card { display: grid; justify-items: center; gap: var(--space-4); width: 100%; max-width: 600px; padding: var(--space-10) var(--space-8); text-align: center; }
      .sign { display: grid; place-items: center; width: 72px; height: 72px; border-radius: 50%; background: var(--sun-soft); color: var(--on-sun-soft); }
      .sign wr-icon { font-size: 1.75rem; }
      h1:focus-visible { outline: none; }
      p { max-width: 46ch; text-wrap: pretty; }
      .note { font-weight: 600; }
      @media (max-width: 640px) { .card { padding: var(--space-6) var(--space-5); } }
    `,
  ]
  declare heading: string
  declare text: string
  declare note: string
  declare svg: string

  constructor() {
    super()
    this.heading = ''
    this.text = ''
    this.note = ''
    this.svg = ''
  }

  override focus(): void {
    this.renderRoot.querySelector('h1')?.focus()
  }

  protected override render(): TemplateResult {
    return html`<section class="card">
      <div class="sign" aria-hidden="true"><wr-icon .svg=${this.svg}></wr-icon></div>
      <h1 tabindex="-1">${this.heading}</h1>
      <p class="second">${this.text}</p>
      ${this.note ? html`<p class="note">${this.note}</p>` : nothing}
      <slot></slot>
    </section>`
  }
}

customElements.define('wr-ending', Ending)
declare global {
  interface HTMLElementTagNameMap {
    'wr-ending': Ending
  }
}
