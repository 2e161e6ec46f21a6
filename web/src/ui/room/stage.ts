import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { type Box, grid, spotlight } from '../../core/grid'
import type { Stage as StageState, Tile as TileState } from '../../core/tiles'
import { Follow } from '../../i18n/follow'
import type { Quality } from '../../proto/message'
import type { SlotMedia } from '../../rtc/peer'
import { base } from '../base/styles'
import { act } from './act'
import type { Tile } from './tile'
import './tile'
import { t } from './words'

/** All pictures, laid out to fill the space there is. Tells how high each one is. */
export class Stage extends LitElement {
  static override properties = {
    stage: { attribute: false },
    slots: { attribute: false },
    camera: { attribute: false },
    quality: { attribute: false },
  }
  static override styles = [
    base,
    css`
      :host { position: relative; min-width: 0; min-height: 0; }
      .tiles { position: absolute; inset: 0; overflow: clip; }
      .more { position: absolute; right: 0; bottom: 0; padding: var(--space-1) var(--space-3); border-radius: var(--radius-small); background: var(--stage); color: var(--stage-ink); font-size: var(--small); }
    `,
  ]
  declare stage: StageState
  declare slots: readonly SlotMedia[]
  declare camera: MediaStreamTrack | null
  declare quality: Quality | undefined
  private readonly observer = new ResizeObserver(() => this.place())
  private own: MediaStream | null = null

  constructor() {
    super()
    this.stage = { grid: [], hidden: 0 }
    this.slots = []
    this.camera = null
    this.quality = undefined
    new Follow(this)
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.observer.observe(this)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.observer.disconnect()
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('camera')) this.own = this.camera ? new MediaStream([this.camera]) : null
  }

  protected override render(): TemplateResult {
    const { hidden } = this.stage
    return html`
      <div class="tiles" role="list" aria-label=${t('tiles')}>
        ${repeat(this.tiles(), keyOf, (tile) => this.tile(tile))}
      </div>
      ${hidden > 0 ? html`<p class="more">${t('more', { n: hidden })}</p>` : nothing}
    `
  }

  private tile(tile: TileState): TemplateResult {
    return html`<wr-tile
      .tile=${tile}
      .stream=${this.streamOf(tile)}
      .quality=${tile.own ? this.quality : undefined}
      ?big=${tile === this.stage.main}
    ></wr-tile>`
  }

  // A picture is shown when its slot shows this person and they say that they send one, never by "muted".
  private streamOf(tile: TileState): MediaStream | null {
    if (tile.own && tile.source === 'camera') return this.own
    if (tile.source === 'camera' && !tile.camera) return null
    return this.slots.find((each) => each.slot === tile.slot)?.video ?? null
  }

  protected override updated(): void {
    this.place()
  }

  private tiles(): readonly TileState[] {
    return this.stage.main ? [this.stage.main, ...this.stage.grid] : this.stage.grid
  }

  private place(): void {
    const tiles = this.tiles()
    const boxes = this.boxes()
    const heights = new Map<string, number>()
    const elements = this.renderRoot.querySelectorAll<Tile>('wr-tile')
    elements.forEach((element, at) => {
      const box = boxes[at]
      const tile = tiles[at]
      if (!box || !tile) return
      put(element, box)
      heights.set(keyOf(tile), box.height * window.devicePixelRatio)
    })
    act(this, { type: 'layout', heights })
  }

  private boxes(): Box[] {
    const { clientWidth: width, clientHeight: height } = this
    if (!this.stage.main) return grid(this.stage.grid.length, width, height)
    const { main, rest } = spotlight(this.stage.grid.length, width, height)
    return [main, ...rest]
  }
}

const keyOf = (tile: TileState): string => `${tile.participant}/${tile.source}`

function put(element: Tile, { x, y, width, height }: Box): void {
  element.style.transform = `translate(${x}px, ${y}px)`
  element.style.width = `${width}px`
  element.style.height = `${height}px`
  // Only what has stood somewhere glides.
  if (!element.hasAttribute('placed')) requestAnimationFrame(() => element.setAttribute('placed', ''))
}

customElements.define('wr-stage', Stage)
declare global {
  interface HTMLElementTagNameMap {
    'wr-stage': Stage
  }
}
