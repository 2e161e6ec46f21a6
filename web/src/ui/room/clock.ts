import { html, LitElement, type TemplateResult } from 'lit'
import { span } from './when'

/** How long something has lasted, by the second. */
export class Clock extends LitElement {
  static override properties = { since: { attribute: false }, now: { state: true } }
  declare since: number
  declare now: number
  private timer: ReturnType<typeof setInterval> | undefined

  constructor() {
    super()
    this.since = Date.now()
    this.now = Date.now()
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.timer = setInterval(() => {
      this.now = Date.now()
    }, 1000)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearInterval(this.timer)
  }

  protected override render(): TemplateResult {
    return html`${span((this.now - this.since) / 1000)}`
  }
}

customElements.define('wr-clock', Clock)
declare global {
  interface HTMLElementTagNameMap {
    'wr-clock': Clock
  }
}
