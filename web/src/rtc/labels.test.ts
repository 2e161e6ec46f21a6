import { describe, expect, it } from 'vitest'
import { grace, Labels, newest } from './labels'

const camera = (slot: number, participant: number) =>
  participant === 0 ? { slot, participant } : ({ slot, participant, source: 'camera' } as const)
const who = (labels: Labels) => labels.shown().map((each) => [each.slot, each.participant])

describe('labels', () => {
  it('follow the slot map when the slot was empty', () => {
    const labels = new Labels()
    expect(labels.map([camera(0, 5)], 0)).toBe(true)
    expect(who(labels)).toEqual([[0, 5]])
  })

  it('wait for the frame when somebody else takes the slot over', () => {
    const labels = new Labels()
    labels.map([camera(0, 5)], 0)
    labels.frame(0, 5, 10)
    expect(labels.map([camera(0, 6)], 1000)).toBe(false)
    expect(who(labels)).toEqual([[0, 5]])
    expect(labels.frame(0, 6, 1040)).toBe(true)
    expect(who(labels)).toEqual([[0, 6]])
  })

  it('change with the frame when the slot map comes later', () => {
    const labels = new Labels()
    labels.map([camera(0, 5)], 0)
    labels.frame(0, 5, 10)
    expect(labels.frame(0, 6, 1000)).toBe(true)
    expect(who(labels)).toEqual([[0, 6]])
    expect(labels.map([camera(0, 6)], 1100)).toBe(false)
    expect(who(labels)).toEqual([[0, 6]])
  })

  it('do not wait for ever for somebody who sends no picture', () => {
    const labels = new Labels()
    labels.map([camera(0, 5)], 0)
    labels.frame(0, 5, 10)
    labels.map([camera(0, 6)], 1000)
    expect(labels.settle(1000 + grace - 1)).toBe(false)
    expect(labels.settle(1000 + grace)).toBe(true)
    expect(who(labels)).toEqual([[0, 6]])
  })

  it('are blank at once when the slot is emptied, whatever frames are left', () => {
    const labels = new Labels()
    labels.map([camera(0, 5)], 0)
    labels.frame(0, 5, 10)
    expect(labels.map([camera(0, 0)], 20)).toBe(true)
    expect(who(labels)).toEqual([])
    labels.frame(0, 6, 30)
    expect(who(labels)).toEqual([])
  })

  it('keep the slot map when it names the same again', () => {
    const labels = new Labels()
    labels.map([camera(0, 5), camera(1, 6)], 0)
    expect(labels.map([camera(0, 5), camera(1, 6)], 100)).toBe(false)
    expect(labels.busy()).toEqual([0, 1])
  })

  it('know nothing of a slot that was never mapped', () => {
    expect(new Labels().frame(3, 5, 0)).toBe(false)
  })
})

describe('the newest contribution', () => {
  it('is the one with the latest time, wherever it stands', () => {
    expect(newest([])).toBe(0)
    expect(
      newest([
        { source: 5, timestamp: 30 },
        { source: 6, timestamp: 40 },
        { source: 7, timestamp: 10 },
      ]),
    ).toBe(6)
  })
})
