import { css, html, LitElement, type PropertyValues, type TemplateResult } from 'lit'
import { Follow } from '../../i18n/follow'
import { Ear, Meter, share, type Verdict } from '../../rtc/level'
import '../base/icon'
import { base } from '../base/styles'
import { mic, micOff } from './icons'
import { t } from './words'

const pace = 80 // ms between two looks at the microphone

/** A bar that moves with the voice and says in words whether it is heard. */
export class Level extends LitElement {
  static override properties = { track: { attribute: false }, verdict: { state: true } }
  static override styles = [
    base,
    css`
      .level { display: flex; align-items: center; gap: var(--space-3); min-height: 28px; color: var(--second); }
      .bar { flex: 1 1 80px; height: 8px; border-radius: 4px; background: var(--line); overflow: hidden; }
      .fill { height: 100%; width: 100%; border-radius: 4px; background: var(--good); transform: scaleX(0); transform-origin: left; transition: transform 80ms linear; }
      p { flex: 0 1 auto; }
      .off .bar { visibility: hidden; flex: 0 0 0; margin-left: calc(-1 * var(--space-3)); }
      @media (prefers-reduced-motion: reduce) { .fill { transition: none; } }
    `,
  ]
  declare track: MediaStreamTrack | null
  declare verdict: Verdict
  private meter: Meter | undefined
  private timer: ReturnType<typeof setInterval> | undefined

  constructor() {
    super()
    this.track = null
    this.verdict = 'silent'
    new Follow(this)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.stop()
  }

  protected override render(): TemplateResult {
    const text = this.track ? t(this.verdict === 'heard' ? 'heard' : 'notHeard') : t('levelOff')
    return html`<div class="level ${this.track ? 'on' : 'off'}">
      <wr-icon .svg=${this.track ? mic : micOff}></wr-icon>
      <div class="bar" aria-hidden="true"><div class="fill"></div></div>
      <p role="status" data-test="verdict" data-verdict=${this.track ? this.verdict : 'off'}>${text}</p>
    </div>`
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('track')) this.listen()
  }

  private listen(): void {
    this.stop()
    if (!this.track) return
    const ear = new Ear()
    this.meter = new Meter(this.track)
    this.timer = setInterval(() => this.look(ear), pace)
  }

  private look(ear: Ear): void {
    const loudness = this.meter?.read() ?? 0
    this.verdict = ear.hear(loudness, performance.now())
    const fill = this.renderRoot.querySelector<HTMLElement>('.fill')
    if (fill) fill.style.transform = `scaleX(${share(loudness).toFixed(3)})`
  }

  private stop(): void {
    clearInterval(this.timer)
    this.meter?.close()
    this.meter = undefined
    this.verdict = 'silent'
  }
}

customElements.define('wr-level', Level)
declare global {
  interface HTMLElementTagNameMap {
    'wr-level': Level
  }
}
