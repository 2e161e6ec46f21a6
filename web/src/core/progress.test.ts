import { describe, expect, it } from 'vitest'
import { machineStates } from '../proto/message'
import { lobby } from './fixture'
import { progress } from './progress'

describe('progress', () => {
  it.each([
    ['off', 'ahead', 'ahead', 'ahead'],
    ['queued', 'ahead', 'ahead', 'ahead'],
    ['starting', 'running', 'ahead', 'ahead'],
    ['booting', 'done', 'running', 'ahead'],
    ['preparing', 'done', 'running', 'ahead'],
    ['ready', 'done', 'done', 'running'],
    ['failed', 'ahead', 'ahead', 'ahead'],
    ['unknown', 'ahead', 'ahead', 'ahead'],
  ] as const)('of a machine that is %s', (machine, server, media, door) => {
    expect(progress({ ...lobby, machine }, 0)).toMatchObject({ server, media, door })
  })

  it('runs on between two words of the gateway', () => {
    const message = { ...lobby, elapsed_ms: 5000, eta_ms: 15_000 }
    expect(progress(message, 0)).toMatchObject({ share: 0.25, seconds: 15 })
    expect(progress(message, 5000)).toMatchObject({ share: 0.5, seconds: 10 })
  })

  it('never claims to be done before the room is open', () => {
    const late = progress({ ...lobby, elapsed_ms: 20_000, eta_ms: 1000 }, 60_000)
    expect(late).toMatchObject({ seconds: 0, soon: true })
    expect(late.share).toBeLessThan(1)
    expect(progress({ ...lobby, machine: 'ready', eta_ms: 0 }, 0)).toMatchObject({ share: 1, soon: false })
  })

  it('names no time when nobody knows one', () => {
    for (const machine of machineStates)
      expect(progress({ ...lobby, machine, eta_ms: 0 }, 0).seconds, machine).toBeUndefined()
    expect(progress(undefined, 0)).toMatchObject({ share: 0 })
  })
})
