import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Poll, type Sight } from './poll'

class Page implements Sight {
  visibilityState: DocumentVisibilityState = 'visible'
  private readonly listeners = new Set<() => void>()

  addEventListener(_: 'visibilitychange', listener: () => void): void {
    this.listeners.add(listener)
  }

  removeEventListener(_: 'visibilitychange', listener: () => void): void {
    this.listeners.delete(listener)
  }

  turn(state: DocumentVisibilityState): void {
    this.visibilityState = state
    for (const listener of this.listeners) listener()
  }
}

describe('polling', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  function poll(ask: () => Promise<boolean> = () => Promise.resolve(true), every = 3000) {
    const page = new Page()
    const asked = vi.fn(ask)
    return { page, asked, poll: new Poll(asked, every, page) }
  }

  it('asks at once and then with a pause after each answer', async () => {
    const { asked, poll: it } = poll()
    it.start()
    expect(asked).toHaveBeenCalledTimes(1)
    await vi.advanceTimersByTimeAsync(3000)
    expect(asked).toHaveBeenCalledTimes(2)
    it.stop()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(asked).toHaveBeenCalledTimes(2)
  })

  it('asks nothing while the page is in the background, and at once when it is back', async () => {
    const { asked, page, poll: it } = poll()
    it.start()
    page.turn('hidden')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(asked).toHaveBeenCalledTimes(1)
    page.turn('visible')
    expect(asked).toHaveBeenCalledTimes(2)
  })

  it('never has two questions out, and asks once more for all that was asked meanwhile', async () => {
    const answers: (() => void)[] = []
    const { asked, poll: it } = poll(() => new Promise((resolve) => answers.push(() => resolve(true))))
    it.start()
    it.now()
    it.now()
    expect(asked).toHaveBeenCalledTimes(1)
    answers[0]?.()
    await vi.advanceTimersByTimeAsync(0)
    expect(asked).toHaveBeenCalledTimes(2)
    answers[1]?.()
    await vi.advanceTimersByTimeAsync(2999)
    expect(asked).toHaveBeenCalledTimes(2)
  })

  it('does not go on after it was stopped during a question', async () => {
    const answers: (() => void)[] = []
    const { asked, poll: it } = poll(() => new Promise((resolve) => answers.push(() => resolve(true))))
    it.start()
    it.stop()
    answers[0]?.()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(asked).toHaveBeenCalledTimes(1)
  })

  it('does not wait long after a question that got no answer, and takes its time again after the next', async () => {
    const answers = [false, true]
    const { asked, poll: it } = poll(() => Promise.resolve(answers.shift() ?? true), 30_000)
    it.start()
    await vi.advanceTimersByTimeAsync(3000)
    expect(asked).toHaveBeenCalledTimes(2)
    await vi.advanceTimersByTimeAsync(29_999)
    expect(asked).toHaveBeenCalledTimes(2)
    await vi.advanceTimersByTimeAsync(1)
    expect(asked).toHaveBeenCalledTimes(3)
    it.stop()
  })
})
