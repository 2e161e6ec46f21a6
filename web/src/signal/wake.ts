/** How often the clock is looked at, and a jump that means the computer slept (ms). */
const beat = 2000
const jump = 15_000

/** Says whether the clock jumped between two beats. */
export function slept(before: number, now: number): boolean {
  return now - before > beat + jump
}

/** Tells a line when waiting makes no sense any more. Lasts as long as the page. */
export function watchWakes(line: { hurry(): void; renew(): void }): void {
  let last = Date.now()
  setInterval(() => {
    const now = Date.now()
    if (slept(last, now)) line.renew()
    last = now
  }, beat)
  window.addEventListener('online', () => line.renew())
  window.addEventListener('offline', () => line.renew())
  window.addEventListener('pageshow', (event) => {
    if (event.persisted) line.renew()
  })
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) line.hurry()
  })
}
