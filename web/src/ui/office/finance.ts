import { css, html, LitElement, nothing, type TemplateResult } from 'lit'
import { t } from '../../i18n/finance'
import { Follow } from '../../i18n/follow'
import { calendarDay, euro, number } from '../../i18n/format'
import { language } from '../../i18n/language'
import { t as office } from '../../i18n/office'
import '../base/icon'
import { download } from '../base/icons'
import '../base/shell'
import { base, controls, surfaces } from '../base/styles'
import { say } from '../base/toast'
import { readPlace, writePlace } from './address'
import { api, codeOf } from './api'
import {
  type Filter,
  type Group,
  groups,
  headline,
  type Line,
  lines,
  roundTheClock,
  select,
  sum,
} from './bill'
import './bill-table'
import './books'
import './class-card'
import { when } from './clock'
import { type FilterEvent, length } from './figures'
import type { Costs } from './model'
import { type Month, monthOf, months, shift } from './month'
import { Poll } from './poll'
import { broken, loading, signedOut, stale, stateStyle } from './states'
import { next, type View } from './view'

const every = 30_000 // ms between two looks at the books

interface Bill {
  readonly costs: Costs
  readonly lines: readonly Line[]
}

/** The finance page: what a month cost, for what, for which room, and that it adds up. */
export class Finance extends LitElement {
  static override properties = { view: { state: true }, month: { state: true }, filter: { state: true } }
  static override styles = [
    base,
    controls,
    surfaces,
    stateStyle,
    css`
      .head { display: flex; flex-wrap: wrap; align-items: end; justify-content: space-between; gap: var(--space-4); }
      .head > div:first-child { display: grid; gap: var(--space-1); }
      .picker { display: flex; gap: var(--space-2); align-items: end; flex-wrap: wrap; }
      select { min-height: var(--control); padding: var(--space-2) var(--space-4); border: 1px solid var(--edge); border-radius: var(--radius-control); background: var(--card); color: var(--ink); font: inherit; font-weight: 600; }
      .picker .button.step { width: var(--control); padding: 0; font-size: 1.4em; }
      .figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 230px), 1fr)); gap: var(--space-4); }
      a.card { display: grid; gap: var(--space-1); align-content: start; padding: var(--space-5) var(--space-6); color: var(--ink); text-decoration: none; }
      a.card:hover { border-color: var(--edge); }
      a.card[aria-current] { border-color: var(--action); box-shadow: inset 0 0 0 1px var(--action); }
      .amount { font-size: 1.875rem; font-weight: 700; line-height: 1.2; letter-spacing: -0.01em; }
      .halves { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 440px), 1fr)); gap: var(--space-4); }
      @media (max-width: 640px) {
        .picker { width: 100%; }
        .picker select { flex: 1; min-width: 0; }
        .picker .csv { width: 100%; }
        .figures { grid-template-columns: 1fr 1fr; gap: var(--space-3); }
        a.card { padding: var(--space-4); }
        .amount { font-size: 1.375rem; }
      }
      @media (max-width: 360px) { .figures { grid-template-columns: 1fr; } }
      @media print { .picker { display: none; } }
    `,
  ]
  declare view: View<Bill>
  declare month: Month
  declare filter: Filter
  private readonly poll = new Poll(() => this.look(), every, document)

  constructor() {
    super()
    const place = readPlace(location.search)
    this.view = { kind: 'loading' }
    this.month = place.month ?? monthOf(new Date())
    this.filter = place.filter
    this.addEventListener('filter', (event) => this.choose((event as FilterEvent).filter))
    new Follow(this)
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.poll.start()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.poll.stop()
  }

  private async look(): Promise<boolean> {
    const asked = this.month
    try {
      const costs = await api.costs(asked)
      if (asked !== this.month) return true
      this.view = next(this.view, { kind: 'answered', data: { costs, lines: lines(costs.rows ?? []) } })
      return true
    } catch (cause) {
      if (asked !== this.month) return true
      this.view = next(this.view, { kind: 'failed', code: codeOf(cause) })
      if (this.view.kind === 'signedOut') this.poll.stop()
      return false
    }
  }

  protected override render(): TemplateResult {
    document.title = `${t('title')} · ${calendarDay(this.month, 'month')}`
    const area = this.view.kind === 'signedOut' ? '' : 'finance'
    return html`<wr-shell area=${area} @sign-out=${this.signOut}>${this.content()}</wr-shell>`
  }

  private content(): TemplateResult {
    const { view } = this
    switch (view.kind) {
      case 'loading':
        return loading(t('title'))
      case 'signedOut':
        return signedOut()
      case 'broken':
        return broken(view.code, this.poll.now)
      case 'ready':
        return html`<div class="stack" data-test="finance" data-month=${view.data.costs.month}>
          ${view.stale ? stale() : nothing} ${this.head(view.data.costs)}
          ${view.data.lines.length === 0 ? this.nothing() : this.bill(view.data)}
        </div>`
    }
  }

  private head(costs: Costs): TemplateResult {
    return html`<div class="head">
      <div>
        <h1>${calendarDay(this.month, 'month')}</h1>
        <p class="second" data-test="as-of">${standing(costs)}</p>
      </div>
      <div class="picker">${this.picker()}</div>
    </div>`
  }

  private picker(): TemplateResult {
    const now = monthOf(new Date())
    const csv = `/api/v1/costs.csv?month=${this.month}&lang=${language()}`
    return html`
      <button class="button step" data-test="month-before" aria-label=${t('earlier')} @click=${() => this.go(shift(this.month, -1))}>‹</button>
      <select aria-label=${t('month')} data-test="month" @change=${(event: Event) => this.go((event.target as HTMLSelectElement).value)}>
        ${months(now, this.month).map(
          (month) =>
            html`<option value=${month} ?selected=${month === this.month}>${calendarDay(month, 'month')}</option>`,
        )}
      </select>
      <button class="button step" data-test="month-after" aria-label=${t('later')} ?disabled=${this.month >= now} @click=${() => this.go(shift(this.month, 1))}>›</button>
      <a class="button csv" href=${csv} download data-test="csv"><wr-icon .svg=${download}></wr-icon>${t('csv')}</a>
    `
  }

  private nothing(): TemplateResult {
    return html`<section class="card stack" data-test="empty"><h2>${t('nothingTitle')}</h2><p>${t('nothingText')}</p></section>`
  }

  private bill({ costs, lines: all }: Bill): TemplateResult {
    const clock = roundTheClock(costs)
    return html`
      <div class="figures">${this.figures(all)}</div>
      ${clock === undefined ? nothing : html`<p class="second" data-test="round-the-clock">${t('roundTheClock', { amount: euro(clock) })}</p>`}
      <div class="halves"><wr-class-card .lines=${all}></wr-class-card><wr-books .costs=${costs}></wr-books></div>
      <wr-bill-table .lines=${all} .filter=${this.filter}></wr-bill-table>
    `
  }

  private figures(all: readonly Line[]): TemplateResult {
    const { total, groups: parts, digits } = headline(all)
    const exact = sum(all).exact
    const share = (group: Group) => {
      const part = sum(select(all, { purpose: group })).exact
      const percent = exact > 0n ? Number((part * 1000n) / exact) / 10 : 0
      const { amount, seconds } = parts[group]
      const text = t('share', { percent: number(percent, percent < 1 ? 1 : 0), time: length(seconds) })
      return this.figure(group, t(group), euro(amount, digits), text, { purpose: group })
    }
    const time = t('totalSub', { time: length(total.seconds) })
    return html`
      ${this.figure('total', t('total'), euro(total.amount, digits), time, {})}
      ${(Object.keys(groups) as Group[]).map(share)}
    `
  }

  private figure(hook: string, name: string, amount: string, below: string, filter: Filter): TemplateResult {
    const current = hook !== 'total' && this.filter.purpose === filter.purpose
    const press = (event: Event) => {
      event.preventDefault()
      this.choose(filter)
    }
    return html`<a class="card" href=${writePlace(this.month, filter)} data-test="figure-${hook}" aria-current=${current ? 'true' : nothing} @click=${press}>
      <span class="second small">${name}</span>
      <span class="amount">${amount}</span>
      <span class="second small">${below}</span>
      <span class="hidden">${t('showRows')}</span>
    </a>`
  }

  private choose(filter: Filter): void {
    this.filter = filter
    this.remember()
    void this.updateComplete.then(() => this.renderRoot.querySelector('wr-bill-table')?.focusRows())
  }

  private go(month: Month): void {
    this.month = month
    this.filter = {}
    this.view = { kind: 'loading' }
    this.remember()
    this.poll.now()
  }

  private remember(): void {
    history.replaceState(history.state, '', writePlace(this.month, this.filter))
  }

  private async signOut(): Promise<void> {
    try {
      await api.signOut()
      this.poll.stop()
      this.view = { kind: 'signedOut' }
    } catch (cause) {
      say(office(codeOf(cause)))
    }
  }
}

// As of when, and whether the figures can still change.
function standing(costs: Costs): string {
  const today = new Date(costs.as_of).toDateString() === new Date().toDateString()
  const asOf = t(today ? 'asOfToday' : 'asOf', { when: when(costs.as_of) })
  if (costs.runs.some((run) => !run.until)) return `${asOf} · ${t('running')}`
  if (costs.provisional) return `${asOf} · ${t('provisional')}`
  return costs.month < monthOf(new Date()) ? `${asOf} · ${t('final')}` : asOf
}

customElements.define('wr-finance', Finance)
declare global {
  interface HTMLElementTagNameMap {
    'wr-finance': Finance
  }
}
