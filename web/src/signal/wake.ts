/** How often the clock is looked at, and a jump that means the computer slept (ms). */
const beat = 2000
const jump = 15_000
/** Browsers let the timers of a tab that is not seen run once a minute (ms). */
const throttled = 60_000

/** Finds out by the clock that the computer slept. Times are in ms. */
export class Sleep {
  private doubt = false

  constructor(private last: number) {}

  /** Says whether the computer slept since the last beat. A hidden tab is not judged, only remembered. */
  beat(now: number, hidden: boolean): boolean {
    const gap = now - this.last
    this.last = now
    if (!hidden) return gap > beat + jump
    if (gap > throttled + jump) this.doubt = true
    return false
  }

  /** Says whether the computer slept while the tab, which is seen again, was hidden. */
  seen(now: number): boolean {
    this.beat(now, true)
    const slept = this.doubt
    this.doubt = false
    return slept
  }
}

/** Tells a line when waiting makes no sense any more. Lasts as long as the page. */
export function watchWakes(line: { hurry(): void; renew(): void }): void {
  const sleep = new Sleep(Date.now())
  setInterval(() => {
    if (sleep.beat(Date.now(), document.hidden)) line.renew()
  }, beat)
  window.addEventListener('online', () => line.renew())
  window.addEventListener('offline', () => line.renew())
  window.addEventListener('pageshow', (event) => {
    if (event.persisted) line.renew()
  })
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) return
    if (sleep.seen(Date.now())) line.renew()
    else line.hurry()
  })
}
