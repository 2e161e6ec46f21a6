import { css, html, LitElement, type PropertyValues, type TemplateResult } from 'lit'
import { t } from '../../i18n/base'
import { Follow } from '../../i18n/follow'
import './icon'
import { close } from './icons'
import { base } from './styles/base'
import { controls } from './styles/controls'

// What has the focus, through all shadow trees.
function focused(): HTMLElement | undefined {
  let at = document.activeElement
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement
  return at instanceof HTMLElement ? at : undefined
}

/**
 * A modal dialog over a native one, so focus, Escape and the veil are the browser's:
 * `<wr-dialog heading="…" .open=${true} @close=${…}>content<div slot="actions">buttons</div></wr-dialog>`.
 * It dispatches `close` when the person closes it; the owner then sets `open` to false.
 */
export class Dialog extends LitElement {
  static override properties = { heading: {}, open: { type: Boolean, reflect: true } }
  static override styles = [
    base,
    controls,
    css`
      dialog {
        width: min(560px, calc(100vw - 2 * var(--space-4))); max-height: calc(100dvh - 2 * var(--space-4)); padding: 0;
        border: 1px solid var(--line); border-radius: var(--radius); background: var(--card); color: var(--ink); box-shadow: var(--shadow);
      }
      dialog::backdrop { background: var(--veil); }
      .box { display: grid; gap: var(--space-4); padding: var(--space-6); }
      .top { display: flex; align-items: start; justify-content: space-between; gap: var(--space-3); }
      .top h2 { padding-top: var(--space-2); }
      .top .button { flex: none; width: var(--control); padding: 0; color: var(--second); margin: -4px -8px 0 0; }
      ::slotted([slot='actions']) { display: flex; flex-wrap: wrap; gap: var(--space-3); margin-top: var(--space-2); }
      @media (max-width: 640px) { .box { padding: var(--space-5) var(--space-4); } }
    `,
  ]
  declare heading: string
  declare open: boolean
  private opener: HTMLElement | undefined

  constructor() {
    super()
    this.heading = ''
    this.open = false
    new Follow(this)
  }

  protected override render(): TemplateResult {
    return html`<dialog aria-labelledby="heading" @cancel=${this.cancelled} @close=${this.closed}>
      <div class="box">
        <div class="top">
          <h2 id="heading" tabindex="-1" autofocus>${this.heading}</h2>
          <button class="button quiet" aria-label=${t('close')} data-test="dialog-close" @click=${this.ask}>
            <wr-icon .svg=${close}></wr-icon>
          </button>
        </div>
        <slot></slot>
        <slot name="actions"></slot>
      </div>
    </dialog>`
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (!changed.has('open')) return
    const box = this.renderRoot.querySelector('dialog')
    if (this.open) {
      this.opener = focused()
      box?.showModal()
    } else {
      box?.close()
    }
  }

  // A dialog that is taken out of the page while open gives the focus back itself; the browser does not.
  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.renderRoot.querySelector('dialog')?.close()
    if (this.opener?.isConnected) this.opener.focus()
  }

  private ask(): void {
    this.dispatchEvent(new Event('close'))
  }

  private cancelled(event: Event): void {
    event.preventDefault() // the owner closes it, so that its state and the dialog's never differ
    this.ask()
  }

  // The browser may close it without asking, after a second Escape.
  private closed(): void {
    if (this.open) this.ask()
  }
}

customElements.define('wr-dialog', Dialog)
declare global {
  interface HTMLElementTagNameMap {
    'wr-dialog': Dialog
  }
}
