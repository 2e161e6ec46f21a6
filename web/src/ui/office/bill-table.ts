import { css, html, LitElement, nothing, type TemplateResult } from 'lit'
import { t } from '../../i18n/finance'
import { Follow } from '../../i18n/follow'
import { calendarDay, euro } from '../../i18n/format'
import { base, controls, surfaces, table } from '../base/styles'
import '../base/icon'
import { close } from '../base/icons'
import { byDay, type Day, digits, type Filter, type Line, select, sum } from './bill'
import { duration, FilterEvent, roomName } from './figures'

/** The rows by day, room and class, with their sums; the whole month, or what was chosen from it. */
export class BillTable extends LitElement {
  static override properties = { lines: { attribute: false }, filter: { attribute: false } }
  static override styles = [
    base,
    controls,
    surfaces,
    table,
    css`
      h2 { font-size: var(--h3); }
      .chips { margin: var(--space-3) 0; }
      .chips .button { min-height: 44px; border-radius: var(--radius-round); }
      .under { display: none; font-weight: 400; color: var(--second); font-size: var(--small); }
      @media (max-width: 640px) {
        .wide { display: none; }
        .under { display: block; }
        th, td { padding-inline: var(--space-1); }
      }
    `,
  ]
  declare lines: readonly Line[]
  declare filter: Filter

  constructor() {
    super()
    this.lines = []
    this.filter = {}
    new Follow(this)
  }

  protected override render(): TemplateResult {
    const some = select(this.lines, this.filter)
    const chosen = Object.keys(this.filter).length > 0
    return html`<section class="card" data-test="bill">
      <h2 tabindex="-1" id="rows">${chosen ? t('onlyTitle') : t('rowsTitle')}</h2>
      ${chosen ? this.chips() : nothing}
      ${some.length === 0 ? html`<p>${t('noRows')}</p>` : this.table(some, chosen)}
    </section>`
  }

  /** Puts the focus on the heading, after a figure elsewhere has chosen rows. */
  async focusRows(): Promise<void> {
    await this.updateComplete
    this.renderRoot.querySelector<HTMLElement>('#rows')?.focus()
  }

  private chips(): TemplateResult {
    const { purpose, room, day, ...none } = this.filter
    const chip = (
      what: string,
      rest: Filter,
    ) => html`<button class="button" data-test="filter-drop" aria-label=${`${t('only', { what })}: ${t('drop', { what })}`} @click=${() => this.choose(rest)}>
      ${t('only', { what })}<wr-icon .svg=${close}></wr-icon>
    </button>`
    const title = this.lines.find((line) => line.room === room)?.title ?? ''
    return html`<div class="row chips">
      ${purpose ? chip(t(purpose), without(this.filter, 'purpose')) : nothing}
      ${room ? chip(roomName(title), without(this.filter, 'room')) : nothing}
      ${day ? chip(calendarDay(day, 'day'), without(this.filter, 'day')) : nothing}
      <button class="button quiet" data-test="filter-all" @click=${() => this.choose(none)}>${t('all')}</button>
    </div>`
  }

  private table(some: readonly Line[], chosen: boolean): TemplateResult {
    const total = sum(some)
    return html`<table aria-labelledby="rows">
      <thead>
        <tr>
          <th scope="col">${t('room')}</th>
          <th scope="col" class="wide">${t('purpose')}</th>
          <th scope="col" class="figure wide">${t('duration')}</th>
          <th scope="col" class="figure">${t('amount')}</th>
        </tr>
      </thead>
      ${byDay(some).map((day) => this.day(day))}
      <tfoot>
        <tr data-test="bill-sum" data-nano=${total.exact}>
          <th scope="row">${chosen ? t('sumSelected') : t('sumOf')}<span class="under">${duration(total.seconds)}</span></th>
          <td class="wide"></td>
          <td class="figure wide">${duration(total.seconds)}</td>
          <td class="figure">${euro(total.shown, digits)}</td>
        </tr>
      </tfoot>
    </table>`
  }

  private day(day: Day): TemplateResult {
    const name = calendarDay(day.day, 'day')
    return html`<tbody>
      <tr class="group" data-test="bill-day" data-day=${day.day} data-nano=${day.exact}>
        <th scope="rowgroup">${this.link(name, { ...this.filter, day: day.day })}<span class="under">${duration(day.seconds)}</span></th>
        <td class="wide"></td>
        <td class="figure wide">${duration(day.seconds)}</td>
        <td class="figure">${euro(day.shown, digits)}</td>
      </tr>
      ${day.lines.map((line) => this.line(line))}
    </tbody>`
  }

  private line(line: Line): TemplateResult {
    return html`<tr data-test="bill-row" data-class=${line.class} data-room=${line.room} data-seconds=${line.seconds} data-nano=${line.exact}>
      <th scope="row">
        ${this.link(roomName(line.title), { ...this.filter, room: line.room })}
        <span class="under">${t(line.class)} · ${duration(line.seconds)}</span>
      </th>
      <td class="wide">${t(line.class)}</td>
      <td class="figure wide">${duration(line.seconds)}</td>
      <td class="figure">${euro(line.shown, digits)}</td>
    </tr>`
  }

  private link(text: string, filter: Filter): TemplateResult {
    return html`<button class="link" @click=${() => this.choose(filter)}>${text}</button>`
  }

  private choose(filter: Filter): void {
    this.dispatchEvent(new FilterEvent(filter))
  }
}

function without(filter: Filter, name: keyof Filter): Filter {
  const { [name]: _, ...rest } = filter
  return rest
}

customElements.define('wr-bill-table', BillTable)
declare global {
  interface HTMLElementTagNameMap {
    'wr-bill-table': BillTable
  }
}
