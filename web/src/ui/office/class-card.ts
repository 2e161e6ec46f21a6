import { css, html, LitElement, svg, type TemplateResult, unsafeCSS } from 'lit'
import { t } from '../../i18n/finance'
import { Follow } from '../../i18n/follow'
import { euro } from '../../i18n/format'
import { base, controls, surfaces, table } from '../base/styles'
import { digits, type Line, type Sum, select, sum } from './bill'
import { duration, FilterEvent } from './figures'
import { type Class, classes } from './model'

interface Share extends Sum {
  readonly class: Class
}

// One rule a class, made from the list of classes and from nothing else.
const swatches = classes
  .map((name) => `.${name} { fill: var(--class-${name}); background: var(--class-${name}); }`)
  .join(' ')

/** What the month's money went to: one bar, and the same as figures that lead to their rows. */
export class ClassCard extends LitElement {
  static override properties = { lines: { attribute: false } }
  static override styles = [
    base,
    controls,
    surfaces,
    table,
    css`
      .card { display: grid; gap: var(--space-4); align-content: start; }
      tbody th { width: 100%; }
      h2 { font-size: var(--h3); }
      svg { display: block; width: 100%; height: 20px; border-radius: var(--radius-small); }
      ${unsafeCSS(swatches)}
      .swatch { display: inline-block; flex: none; width: 14px; height: 14px; border-radius: 4px; }
      .name { display: grid; grid-template-columns: auto 1fr; align-items: baseline; gap: 0 var(--space-3); }
      .under { display: none; }
      .name .hint { grid-column: 2; color: var(--second); font-size: var(--small); }
      @media (max-width: 640px) { th, td { padding-inline: var(--space-1); } .wide { display: none; } .under { display: block; } }
    `,
  ]
  declare lines: readonly Line[]

  constructor() {
    super()
    this.lines = []
    new Follow(this)
  }

  protected override render(): TemplateResult {
    const shares = classes
      .map((name): Share => ({ class: name, ...sum(select(this.lines, { purpose: name })) }))
      .filter((share) => share.seconds > 0 || share.exact !== 0n)
    return html`<section class="card" data-test="classes">
      <h2 id="title">${t('classesTitle')}</h2>
      ${this.bar(shares)}
      <table aria-labelledby="title">
        <thead class="hidden">
          <tr><th scope="col">${t('purpose')}</th><th scope="col" class="wide">${t('duration')}</th><th scope="col">${t('amount')}</th></tr>
        </thead>
        <tbody>${shares.map((share) => this.share(share))}</tbody>
      </table>
    </section>`
  }

  // Decoration: the table below says the same.
  private bar(shares: readonly Share[]): TemplateResult {
    const total = Number(shares.reduce((all, share) => all + share.exact, 0n)) || 1
    let x = 0
    const parts = shares.map((share) => {
      const width = (Number(share.exact) / total) * 1000
      const part = svg`<rect class=${share.class} x=${x} y="0" width=${width} height="20"></rect>`
      x += width
      return part
    })
    return html`<svg viewBox="0 0 1000 20" preserveAspectRatio="none" aria-hidden="true">${parts}</svg>`
  }

  private share(share: Share): TemplateResult {
    return html`<tr data-test="class" data-class=${share.class} data-nano=${share.exact}>
      <th scope="row">
        <span class="name">
          <span class="swatch ${share.class}"></span>
          <button class="link" @click=${() => this.dispatchEvent(new FilterEvent({ purpose: share.class }))}>${t(share.class)}</button>
          <span class="hint under">${duration(share.seconds)}</span>
          <span class="hint">${t(`${share.class}Hint`)}</span>
        </span>
      </th>
      <td class="figure wide">${duration(share.seconds)}</td>
      <td class="figure">${euro(share.shown, digits)}</td>
    </tr>`
  }
}

customElements.define('wr-class-card', ClassCard)
declare global {
  interface HTMLElementTagNameMap {
    'wr-class-card': ClassCard
  }
}
