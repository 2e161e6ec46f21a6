const soon = 3000 // ms: nobody looks at a page that is out of date for longer than need be

/** The part of a document that polling needs. */
export interface Sight {
  readonly visibilityState: DocumentVisibilityState
  addEventListener(type: 'visibilitychange', listener: () => void): void
  removeEventListener(type: 'visibilitychange', listener: () => void): void
}

/**
 * Runs `ask` at once and then every `every` ms while the page can be seen; a page in the background asks
 * nothing, and asks at once when it comes back. One question at a time: the pause starts after the answer.
 * `ask` says whether it got one; without an answer the next question follows after `soon` ms at the latest.
 */
export class Poll {
  private timer: ReturnType<typeof setTimeout> | undefined
  private asking = false
  private again = false
  private running = false

  constructor(
    private readonly ask: () => Promise<boolean>,
    private readonly every: number,
    private readonly sight: Sight,
  ) {}

  start(): void {
    if (this.running) return
    this.running = true
    this.sight.addEventListener('visibilitychange', this.now)
    this.now()
  }

  stop(): void {
    this.running = false
    clearTimeout(this.timer)
    this.sight.removeEventListener('visibilitychange', this.now)
  }

  /** Asks now; while a question is out, once more after its answer. */
  readonly now = (): void => {
    clearTimeout(this.timer)
    if (!this.running || this.sight.visibilityState === 'hidden') return
    if (this.asking) {
      this.again = true
      return
    }
    void this.turn()
  }

  private async turn(): Promise<void> {
    this.asking = true
    const answered = await this.ask()
    this.asking = false
    if (!this.running) return
    if (this.again) {
      this.again = false
      this.now()
    } else {
      this.timer = setTimeout(this.now, answered ? this.every : Math.min(this.every, soon))
    }
  }
}
