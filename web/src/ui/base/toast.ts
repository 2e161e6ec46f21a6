import { css, html, LitElement, type TemplateResult } from 'lit'
import { base } from './styles/base'

const shownFor = 6000 // ms

/** A short message at the lower edge that screen readers speak politely. Use `say`, not the element. */
export class Toast extends LitElement {
  static override properties = { text: { state: true }, shown: { state: true } }
  static override styles = [
    base,
    css`
      :host { position: fixed; inset: auto var(--space-4) var(--space-6); z-index: 10; display: flex; justify-content: center; pointer-events: none; }
      p { padding: var(--space-3) var(--space-5); border-radius: var(--radius-control); background: var(--ink); color: var(--paper); font-weight: 600; box-shadow: var(--shadow); }
      p.hidden { padding: 0; }
    `,
  ]
  declare text: string
  declare shown: boolean
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor() {
    super()
    this.text = ''
    this.shown = false
  }

  /** Speaks text, and shows it for a while when asked to. */
  say(text: string, shown: boolean): void {
    clearTimeout(this.timer)
    this.text = text
    this.shown = shown
    this.timer = setTimeout(() => {
      this.text = ''
    }, shownFor)
  }

  protected override render(): TemplateResult {
    const visible = this.text && this.shown
    return html`<div role="status" aria-live="polite"><p class=${visible ? '' : 'hidden'} data-test="toast">${this.text}</p></div>`
  }
}

customElements.define('wr-toast', Toast)
declare global {
  interface HTMLElementTagNameMap {
    'wr-toast': Toast
  }
}

function toast(): Toast {
  const standing = document.querySelector('wr-toast')
  if (standing) return standing
  const fresh = document.createElement('wr-toast')
  document.body.append(fresh)
  return fresh
}

/** Shows a short message for six seconds and has it spoken politely. Never for anything that must be read. */
export function say(text: string): void {
  toast().say(text, true)
}

/** Has a message spoken politely without showing it: arrivals, hands. */
export function announce(text: string): void {
  toast().say(text, false)
}
