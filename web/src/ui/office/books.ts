import { css, html, LitElement, nothing, type TemplateResult } from 'lit'
import { t } from '../../i18n/finance'
import { Follow } from '../../i18n/follow'
import { date, euro, nano } from '../../i18n/format'
import '../base/icon'
import { alert, done } from '../base/icons'
import { base, controls, surfaces, table } from '../base/styles'
import { digits, perHour, verdict } from './bill'
import { FilterEvent, roomName } from './figures'
import type { Costs, Run } from './model'

/** Whether the figures add up, in words, and each power-on with its origin and its allocation. */
export class Books extends LitElement {
  static override properties = { costs: { attribute: false } }
  static override styles = [
    base,
    controls,
    surfaces,
    table,
    css`
      .card { display: grid; gap: var(--space-4); align-content: start; }
      tbody th { width: 100%; }
      h2, h3 { font-size: var(--h3); }
      h3 { font-size: var(--text); margin-top: var(--space-2); }
      .under { display: block; color: var(--second); font-size: var(--small); }
      .uneven > * { color: var(--danger); }
      @media (max-width: 640px) { th, td { padding-inline: var(--space-1); } td.figure { font-size: var(--small); } thead .figure { font-size: 0.8125rem; } }
    `,
  ]
  declare costs: Costs

  constructor() {
    super()
    new Follow(this)
  }

  protected override render(): TemplateResult {
    return html`<section class="card" data-test="books">
      <h2>${t('booksTitle')}</h2>
      ${this.verdict()}
      <h3 id="runs">${t('runs')}</h3>
      <table aria-labelledby="runs">
        <thead>
          <tr>
            <th scope="col">${t('run')}</th>
            <th scope="col" class="figure">${t('origin')}</th>
            <th scope="col" class="figure">${t('allocated')}</th>
          </tr>
        </thead>
        <tbody>${this.costs.runs.map((run) => this.run(run))}</tbody>
      </table>
    </section>`
  }

  private verdict(): TemplateResult {
    const { origin, allocated, difference, even } = verdict(this.costs)
    if (even) {
      return html`<div class="notice good" data-test="verdict" data-even="true">
        <wr-icon .svg=${done}></wr-icon>
        <p><strong>${t('even', { amount: euro(origin, digits) })}</strong></p>
        <p class="small">${t('evenNote')}</p>
      </div>`
    }
    const size = difference < 0n ? -difference : difference
    const amounts = {
      origin: euro(origin, digits),
      allocated: euro(allocated, digits),
      difference: euro(size, size < 100_000n ? 9 : digits),
    }
    return html`<div class="notice danger" role="alert" data-test="verdict" data-even="false">
      <wr-icon .svg=${alert}></wr-icon><p>${t('uneven', amounts)}</p>
    </div>`
  }

  private run(run: Run): TemplateResult {
    const origin = nano(run.origin_nano_eur)
    const allocated = nano(run.allocated_nano_eur)
    const rate = perHour(run.prices)
    return html`<tr class=${origin === allocated ? '' : 'uneven'} data-test="run" data-epoch=${run.epoch} data-origin=${origin} data-allocated=${allocated}>
      <th scope="row">
        ${this.span(run)}
        <span class="under">
          <button class="link" @click=${() => this.dispatchEvent(new FilterEvent({ room: run.room }))}>${roomName(this.titleOf(run))}</button>${rate > 0n ? ` · ${t('rate', { amount: euro(rate, digits) })}` : nothing}
        </span>
      </th>
      <td class="figure">${euro(origin, digits)}</td>
      <td class="figure">${euro(allocated, digits)}</td>
    </tr>`
  }

  private titleOf(run: Run): string | undefined {
    return run.title || this.costs.rows.find((row) => row.room === run.room)?.title
  }

  private span(run: Run): string {
    const from = date(run.from, 'brief')
    if (!run.until) return `${from} – ${t('stillOn')}`
    const until = new Date(run.until)
    const sameDay = new Date(run.from).toDateString() === until.toDateString()
    return t('span', { from, until: date(until, sameDay ? 'time' : 'brief') })
  }
}

customElements.define('wr-books', Books)
declare global {
  interface HTMLElementTagNameMap {
    'wr-books': Books
  }
}
