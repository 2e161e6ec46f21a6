import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit'
import type { Tile as TileState } from '../../core/tiles'
import { Follow } from '../../i18n/follow'
import type { Quality } from '../../proto/message'
import '../base/icon'
import { base, controls } from '../base/styles'
import { act } from './act'
import { grow, micOff, shrink } from './icons'
import './picture'
import { initials } from './when'
import { t } from './words'

/** One person, or one screen, on the stage. */
export class Tile extends LitElement {
  static override properties = {
    tile: { attribute: false },
    stream: { attribute: false },
    quality: { attribute: false },
    big: { type: Boolean, reflect: true },
  }
  static override styles = [
    base,
    controls,
    css`
      :host { position: absolute; top: 0; left: 0; container-type: size; border-radius: var(--radius); background: var(--stage-surface); color: var(--stage-ink); }
      .frame { position: absolute; inset: 0; overflow: hidden; border-radius: var(--radius); }
      .frame::after { content: ''; position: absolute; inset: 0; border: 3px solid transparent; border-radius: var(--radius); pointer-events: none; transition: border-color var(--glide); }
      .speaking .frame::after { border-color: var(--sun); }
      wr-picture { position: absolute; inset: 0; }
      .face { position: absolute; inset: 0; display: grid; place-items: center; }
      .face span {
        display: grid; place-items: center; width: min(46cqmin, 120px); height: min(46cqmin, 120px); border-radius: 50%;
        background: var(--stage-line); color: var(--stage-ink); font-size: min(17cqmin, 44px); font-weight: 700; letter-spacing: 0.02em;
      }
      .plate {
        position: absolute; left: var(--space-3); bottom: var(--space-3); display: flex; align-items: center; gap: var(--space-2); max-width: calc(100% - 2 * var(--space-3));
        padding: var(--space-1) var(--space-3); border-radius: var(--radius-small); background: var(--stage-plate); color: var(--stage-ink); font-size: var(--small);
      }
      .plate span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
      .bars { position: absolute; right: var(--space-3); bottom: calc(var(--space-3) + 4px); display: flex; align-items: end; gap: 3px; height: 20px; padding: 3px; border-radius: 5px; background: var(--stage-plate-thin); box-sizing: content-box; }
      .bars i { width: 4px; border-radius: 2px; background: var(--stage-ink); opacity: 0.35; }
      .bars i.lit { opacity: 1; }
      .bars i:nth-child(1) { height: 40%; }
      .bars i:nth-child(2) { height: 70%; }
      .bars i:nth-child(3) { height: 100%; }
      .pin { position: absolute; right: var(--space-2); top: var(--space-2); min-height: 40px; padding: var(--space-1) var(--space-3); border-color: transparent; background: var(--stage-plate); color: var(--stage-ink); font-size: var(--small); opacity: 0; pointer-events: none; transition: opacity var(--glide); }
      .pin:hover { background: var(--stage); color: var(--stage-ink); }
      .pin[aria-pressed='true'] { border-color: transparent; background: var(--stage-action); color: var(--stage-on-action); }
      :host(:hover) .pin, .pin:focus-visible, .pin[aria-pressed='true'] { opacity: 1; pointer-events: auto; }
      @container (max-width: 220px) { .plate { left: var(--space-2); bottom: var(--space-2); padding: 2px var(--space-2); max-width: calc(100% - 2 * var(--space-2)); } .bars { display: none; } .pin span { display: none; } }
      .own .plate { max-width: calc(100% - 64px); }
      @container (max-height: 110px) { .face { place-items: start center; padding-top: 5%; } .pin { min-height: 28px; } .plate { left: 4px; bottom: 4px; padding: 0 6px; font-size: 0.8125rem; max-width: calc(100% - 8px); } }
      @media (prefers-reduced-motion: no-preference) { :host([placed]) { transition: transform var(--glide), width var(--glide), height var(--glide); } }
    `,
  ]
  declare tile: TileState | undefined
  declare stream: MediaStream | null
  declare quality: Quality | undefined
  declare big: boolean

  constructor() {
    super()
    this.tile = undefined
    this.stream = null
    this.quality = undefined
    this.big = false
    new Follow(this)
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const { tile } = this
    if (!changed.has('tile') || !tile) return
    this.dataset.test = 'tile'
    this.dataset.participant = String(tile.participant)
    this.dataset.source = tile.source
    this.dataset.slot = tile.slot === undefined ? '' : String(tile.slot)
    this.setAttribute('role', 'listitem')
    this.toggleAttribute('data-speaking', tile.speaking)
  }

  protected override render(): TemplateResult {
    const { tile } = this
    if (!tile) return html``
    const screen = tile.source === 'screen'
    const mirrored = tile.own && !screen
    return html`<div class="${tile.speaking ? 'speaking' : ''} ${tile.own ? 'own' : ''}">
      <div class="frame">
        ${screen ? nothing : html`<div class="face" aria-hidden="true" data-test="initials"><span>${initials(tile.name) || '?'}</span></div>`}
        ${
          this.stream
            ? html`<wr-picture data-test="picture" ?mirrored=${mirrored} ?whole=${screen} .stream=${this.stream}></wr-picture>`
            : nothing
        }
      </div>
      <div class="plate">
        ${tile.microphone || screen ? nothing : html`<wr-icon .svg=${micOff}></wr-icon>`}
        <span data-test="tile-name">${label(tile)}</span>
        <span class="hidden">${state(tile, this.stream !== null)}</span>
      </div>
      ${tile.own ? bars(this.quality) : screen ? nothing : this.pin(tile)}
    </div>`
  }

  private pin(tile: TileState): TemplateResult {
    return html`<button
      class="button pin"
      data-test="pin"
      aria-pressed=${tile.pinned}
      aria-label=${t('pinName', { name: tile.name || t('nameless') })}
      @click=${() => act(this, { type: 'pin', participant: tile.participant })}
    ><wr-icon .svg=${tile.pinned ? shrink : grow}></wr-icon><span>${t(tile.pinned ? 'unpin' : 'pin')}</span></button>`
  }
}

function label(tile: TileState): string {
  const name = tile.own ? t('you') : tile.name || t('nameless')
  if (tile.source === 'screen') return t('screenOf', { name })
  return tile.role === 'chair' ? `${name} · ${t('chair')}` : name
}

function state(tile: TileState, picture: boolean): string {
  if (tile.source === 'screen') return ''
  const words = [
    tile.microphone ? '' : t('muted'),
    picture ? '' : t('noPicture'),
    tile.speaking ? t('speaking') : '',
  ]
  return words
    .filter((each) => each !== '')
    .map((each) => `, ${each}`)
    .join('')
}

/** How good one's own line is: 3 to 1, by what the worker sees of it. */
export function grade({ rtt_ms, loss_percent }: Quality): 1 | 2 | 3 {
  if (loss_percent >= 8 || rtt_ms >= 500) return 1
  return loss_percent >= 2 || rtt_ms >= 200 ? 2 : 3
}

const grades = { 1: 'linePoor', 2: 'lineFair', 3: 'lineGood' } as const

function bars(quality: Quality | undefined): TemplateResult | typeof nothing {
  if (!quality) return nothing
  const lit = grade(quality)
  const text = t(grades[lit])
  return html`<div class="bars" role="img" title=${text} aria-label=${text} data-test="line" data-grade=${lit}>
    ${[1, 2, 3].map((each) => html`<i class=${each <= lit ? 'lit' : ''}></i>`)}
  </div>`
}

customElements.define('wr-tile', Tile)
declare global {
  interface HTMLElementTagNameMap {
    'wr-tile': Tile
  }
}
