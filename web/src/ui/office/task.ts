import { type CSSResultGroup, html, LitElement, nothing, type TemplateResult } from 'lit'
import { Follow } from '../../i18n/follow'
import { t } from '../../i18n/office'
import '../base/dialog'
import '../base/icon'
import { alert } from '../base/icons'
import { base, controls, surfaces } from '../base/styles'
import { codeOf, type FaultCode } from './api'
import { DoneEvent } from './wish'

/**
 * A dialog that does one thing and then says so: it dispatches `done` with a sentence, or `close` when the
 * person changed their mind. A failure stays in the dialog, with what was entered.
 */
export abstract class Task extends LitElement {
  static override properties = { busy: { state: true }, fault: { state: true } }
  static override styles: CSSResultGroup = [base, controls, surfaces]
  declare busy: boolean
  declare fault: FaultCode | undefined

  constructor() {
    super()
    this.busy = false
    new Follow(this)
  }

  /** Does the work unless it is being done already. */
  protected async run(work: () => Promise<void>, done: () => string): Promise<void> {
    if (this.busy) return
    this.busy = true
    this.fault = undefined
    try {
      await work()
      this.dispatchEvent(new DoneEvent(done()))
    } catch (cause) {
      this.fault = codeOf(cause)
    } finally {
      this.busy = false
    }
  }

  /** The dialog around the content; `act` is the button that does it. */
  protected frame(heading: string, content: TemplateResult, act: TemplateResult): TemplateResult {
    return html`<wr-dialog .heading=${heading} .open=${true} @close=${this.close} data-test="dialog">
      ${content}
      ${this.fault ? html`<div class="notice danger" role="alert" data-test="fault"><wr-icon .svg=${alert}></wr-icon><p>${t(this.fault)}</p></div>` : nothing}
      <div class="row acts">
        ${act}
        <button type="button" class="button quiet" data-test="cancel" @click=${this.close}>${t('cancel')}</button>
      </div>
    </wr-dialog>`
  }

  protected close(): void {
    this.dispatchEvent(new Event('close'))
  }
}
