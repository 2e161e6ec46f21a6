import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { onLanguage } from './language'

/** Makes a Lit element draw itself anew when the language is switched: `new Follow(this)` in its constructor. */
export class Follow implements ReactiveController {
  private stop: (() => void) | undefined

  constructor(private readonly host: ReactiveControllerHost) {
    host.addController(this)
  }

  hostConnected(): void {
    this.stop = onLanguage(() => this.host.requestUpdate())
  }

  hostDisconnected(): void {
    this.stop?.()
  }
}
