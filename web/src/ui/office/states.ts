import { css, html, type TemplateResult } from 'lit'
import { t as common } from '../../i18n/base'
import { t } from '../../i18n/office'
import '../base/icon'
import { alert, key, sunrise } from '../base/icons'
import type { FaultCode } from './api'

/** The states in which a page has no data to show. Needs `stateStyle` among the element's styles. */
export const stateStyle = css`
  .state { max-width: 640px; margin: var(--space-10) auto; padding: var(--space-8); display: grid; gap: var(--space-4); justify-items: start; }
  .state > wr-icon { font-size: 2.25rem; color: var(--action); }
  .state.waits { justify-items: center; }
  .state.waits > wr-icon { color: var(--sun); }
  .state.broken > wr-icon { color: var(--danger); }
  code { display: inline-block; padding: var(--space-2) var(--space-4); border-radius: var(--radius-small); background: var(--sunken); font-family: ui-monospace, monospace; font-size: var(--small); overflow-wrap: anywhere; }
  @media (max-width: 640px) { .state { margin: var(--space-4) auto; padding: var(--space-5); } }
`

export function loading(title: string): TemplateResult {
  return html`<h1 class="hidden">${title}</h1><div class="state waits" role="status" data-test="loading">
    <wr-icon .svg=${sunrise}></wr-icon><p>${common('loading')}</p>
  </div>`
}

export function signedOut(): TemplateResult {
  return html`<section class="card state" data-test="signed-out">
    <wr-icon .svg=${key}></wr-icon>
    <h1>${t('signedOutTitle')}</h1>
    <p>${t('signedOutText')}</p>
    <p>${t('signedOutHow')}</p>
    <code>bin/gateway invite</code>
    <p class="second small">${t('signedOutOnce')}</p>
  </section>`
}

export function broken(code: FaultCode, retry: () => void): TemplateResult {
  return html`<section class="card state broken" role="alert" data-test="broken">
    <wr-icon .svg=${alert}></wr-icon>
    <h1>${t('brokenTitle')}</h1>
    <p>${t(code)}</p>
    <button class="button primary" data-test="retry" @click=${retry}>${t('retry')}</button>
  </section>`
}

export function stale(): TemplateResult {
  return html`<div class="notice sun" role="status" data-test="stale">
    <wr-icon .svg=${alert}></wr-icon><p>${t('stale')}</p>
  </div>`
}
