import { html, type TemplateResult } from 'lit'
import { Task } from './task'

/** What is asked before something that cannot be taken back. */
export interface Question {
  readonly heading: string
  readonly text: string
  /** The words on the button. */
  readonly act: string
  readonly work: () => Promise<void>
  readonly done: string
}

/** "Do you really want to …?", with the consequences in plain words. */
export class Confirm extends Task {
  static override properties = { ...Task.properties, question: { attribute: false } }
  declare question: Question

  protected override render(): TemplateResult {
    const { question } = this
    const act = html`<button class="button danger" data-test="confirm" aria-disabled=${this.busy} @click=${this.go}>${question.act}</button>`
    return this.frame(question.heading, html`<p>${question.text}</p>`, act)
  }

  private go(): void {
    void this.run(this.question.work, () => this.question.done)
  }
}

customElements.define('wr-confirm', Confirm)
declare global {
  interface HTMLElementTagNameMap {
    'wr-confirm': Confirm
  }
}
