import { css, html, LitElement, svg, type TemplateResult } from 'lit'
import { Follow } from '../../i18n/follow'
import { t } from '../../i18n/landing'
import '../base/shell'
import { base, controls, surfaces } from '../base/styles'

const sunrise = svg`
  <circle class="halo far" cx="300" cy="118" r="104" />
  <circle class="halo" cx="300" cy="118" r="76" />
  <circle class="sun" cx="300" cy="118" r="50" />
`

/** The landing page: what this is, and that one needs a link. */
export class Landing extends LitElement {
  static override styles = [
    base,
    controls,
    surfaces,
    css`
      .hero { display: grid; gap: var(--space-6); max-width: 860px; margin: 0 auto; padding-top: var(--space-6); }
      .hero > p { font-size: 1.1875rem; max-width: var(--reading); }
      .sky { display: block; width: 100%; height: auto; border-radius: var(--radius) var(--radius) 0 0; background: linear-gradient(var(--paper), var(--sun-soft)); border-bottom: 5px solid var(--action); }
      .sun { fill: var(--sun); }
      .halo { fill: none; stroke: var(--sun); stroke-width: 3; opacity: 0.45; }
      .far { opacity: 0.2; }
      ol { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 240px), 1fr)); gap: var(--space-4); list-style: none; }
      li { display: grid; gap: var(--space-2); align-content: start; }
      li h3 { display: flex; align-items: center; gap: var(--space-3); }
      .step { display: inline-grid; place-items: center; flex: none; width: 34px; height: 34px; border-radius: var(--radius-round); background: var(--sun-soft); color: var(--on-sun-soft); font-size: var(--text); }
      .ways { display: flex; flex-wrap: wrap; gap: var(--space-2) var(--space-10); }
      .ways a { display: inline-block; padding: var(--space-2) 0; }
    `,
  ]

  constructor() {
    super()
    new Follow(this)
  }

  protected override render(): TemplateResult {
    document.title = t('title')
    const step = (n: number, name: string, text: string) =>
      html`<li class="card"><h3><span class="step" aria-hidden="true">${n}</span>${name}</h3><p class="second">${text}</p></li>`
    return html`<wr-shell>
      <div class="hero" data-test="landing">
        <svg class="sky" viewBox="0 0 600 118" aria-hidden="true">${sunrise}</svg>
        <h1>${t('heading')}</h1>
        <p>${t('lead')}</p>
        <h2>${t('how')}</h2>
        <ol>${step(1, t('one'), t('oneText'))}${step(2, t('two'), t('twoText'))}${step(3, t('three'), t('threeText'))}</ol>
        <div class="ways">
          <p class="second">${t('organiser')} <a href="/organise" data-test="go-organise">${t('organiserLink')}</a></p>
          <p class="second">${t('help')} <a href="/hilfe">${t('helpLink')}</a></p>
        </div>
      </div>
    </wr-shell>`
  }
}

customElements.define('wr-index', Landing)
declare global {
  interface HTMLElementTagNameMap {
    'wr-index': Landing
  }
}
