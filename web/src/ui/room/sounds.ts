import { html, LitElement, type PropertyValues, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { SlotMedia } from '../../rtc/peer'

/**
 * Plays the sound of all slots, one element each. When the browser does not allow it yet, it dispatches
 * `blocked`; `unblock()`, called from a press, tries again.
 */
export class Sounds extends LitElement {
  static override properties = { slots: { attribute: false } }
  declare slots: readonly SlotMedia[]

  constructor() {
    super()
    this.slots = []
  }

  /** Plays everything again. Call it while a press is being handled. */
  unblock(): void {
    for (const audio of this.renderRoot.querySelectorAll('audio')) void this.play(audio)
  }

  protected override render(): TemplateResult {
    return html`${repeat(
      this.slots,
      (each) => each.audio.id,
      (each) => html`<audio data-slot=${each.slot} .srcObject=${each.audio}></audio>`,
    )}`
  }

  protected override updated(_: PropertyValues<this>): void {
    for (const audio of this.renderRoot.querySelectorAll('audio')) if (audio.paused) void this.play(audio)
  }

  private async play(audio: HTMLAudioElement): Promise<void> {
    try {
      await audio.play()
    } catch (error) {
      if (error instanceof DOMException && error.name === 'NotAllowedError')
        this.dispatchEvent(new Event('blocked'))
    }
  }
}

customElements.define('wr-sounds', Sounds)
declare global {
  interface HTMLElementTagNameMap {
    'wr-sounds': Sounds
  }
}
