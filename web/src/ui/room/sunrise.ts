import { css, html, LitElement, type PropertyValues, type TemplateResult } from 'lit'
import { base } from '../base/styles'
import { t } from './words'

/** The sun over its horizon. The horizon is the honest progress bar; the sun rises with it. */
export class Sunrise extends LitElement {
  static override properties = { share: { attribute: false }, says: {} }
  static override styles = [
    base,
    css`
      .sky { position: relative; height: 88px; overflow: hidden; background: linear-gradient(transparent, var(--sun-soft)); }
      svg { position: absolute; left: 50%; bottom: 0; width: 260px; height: 130px; margin-left: -130px; transform: translateY(56px); transition: transform 900ms linear; }
      .disc { fill: var(--sun); }
      .ring { fill: none; stroke: var(--sun); stroke-width: 2.5; }
      .ring.far { opacity: 0.25; }
      .ring.near { opacity: 0.45; }
      .horizon { height: 6px; border-radius: 3px; background: var(--line); overflow: hidden; }
      .done { height: 100%; border-radius: 3px; background: var(--action); transform: scaleX(0); transform-origin: left; transition: transform 900ms linear; }
      @media (prefers-reduced-motion: reduce) { svg, .done { transition: none; } }
    `,
  ]
  declare share: number
  declare says: string

  constructor() {
    super()
    this.share = 0
    this.says = ''
  }

  protected override render(): TemplateResult {
    const percent = Math.round(this.share * 100)
    return html`
      <div class="sky" aria-hidden="true">
        <svg viewBox="0 0 260 130" focusable="false">
          <circle class="ring far" cx="130" cy="130" r="88" />
          <circle class="ring near" cx="130" cy="130" r="68" />
          <circle class="disc" cx="130" cy="130" r="50" />
        </svg>
      </div>
      <div
        class="horizon"
        role="progressbar"
        aria-label=${t('progress')}
        aria-valuemin="0"
        aria-valuemax="100"
        aria-valuenow=${percent}
        aria-valuetext=${this.says}
        data-test="progress"
      ><div class="done"></div></div>
    `
  }

  // By the object model, not by an attribute: the content security policy allows no inline style.
  protected override updated(changed: PropertyValues<this>): void {
    if (!changed.has('share')) return
    const done = this.renderRoot.querySelector<HTMLElement>('.done')
    const sun = this.renderRoot.querySelector<SVGElement>('svg')
    if (done) done.style.transform = `scaleX(${this.share.toFixed(4)})`
    if (sun) sun.style.transform = `translateY(${Math.round(44 * (1 - this.share))}px)`
  }
}

customElements.define('wr-sunrise', Sunrise)
declare global {
  interface HTMLElementTagNameMap {
    'wr-sunrise': Sunrise
  }
}
