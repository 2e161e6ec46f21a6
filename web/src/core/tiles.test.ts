import { describe, expect, it } from 'vitest'
import type { Person, PersonSources } from '../proto/message'
import { inCall, run, said } from './fixture'
import type { State } from './state'
import { maxTiles, stage, wishes } from './tiles'

const person = (participant: number): Person => ({ participant, name: `P${participant}`, role: 'guest' })
const sends = (participant: number, more: Partial<PersonSources> = {}): PersonSources => ({
  participant,
  microphone: true,
  camera: true,
  screen: false,
  screen_sound: false,
  ...more,
})

const connection = 'connection-number-1'

function among(count: number, people: PersonSources[] = []): State {
  const roster = Array.from({ length: count }, (_, at) => person(at + 10))
  return run(inCall(), said({ type: 'roster', people: [person(7), ...roster] }), {
    type: 'worker',
    connection,
    message: { type: 'people', people },
  }).state
}

describe('the stage', () => {
  it('shows everybody in the order of the list, oneself last', () => {
    expect(stage(among(3)).grid.map((each) => each.participant)).toEqual([10, 11, 12, 7])
  })

  it('keeps its order when somebody speaks', () => {
    const before = among(3)
    const after = run(before, {
      type: 'worker',
      connection,
      message: { type: 'speaker', participant: 12 },
    }).state
    expect(stage(after).grid.map((each) => each.participant)).toEqual([10, 11, 12, 7])
    expect(stage(after).grid.find((each) => each.participant === 12)?.speaking).toBe(true)
  })

  it('shows a participant in the slot whose frames are theirs', () => {
    const state = run(among(2, [sends(10), sends(11)]), {
      type: 'shown',
      connection,
      shown: [{ slot: 4, participant: 11, source: 'camera' }],
    }).state
    const [first, second] = stage(state).grid
    expect(first?.slot).toBeUndefined()
    expect(second).toMatchObject({ participant: 11, slot: 4 })
  })

  it('gives a shared screen the large place, and a pinned person when there is none', () => {
    const pinned = run(among(2), { type: 'pin', participant: 10 }).state
    expect(stage(pinned).main).toMatchObject({ participant: 10, source: 'camera' })
    expect(stage(pinned).grid).toHaveLength(2)
    const shared = run(pinned, {
      type: 'worker',
      connection,
      message: { type: 'people', people: [sends(11, { screen: true })] },
    }).state
    expect(stage(shared).main).toMatchObject({ participant: 11, source: 'screen' })
    expect(stage(shared).grid).toHaveLength(3)
  })

  it('lets those who spoke lately in when there are more than fit, without moving the others', () => {
    const crowd = among(40)
    expect(stage(crowd).hidden).toBe(41 - maxTiles)
    const spoke = run(crowd, {
      type: 'worker',
      connection,
      message: { type: 'speaker', participant: 49 },
    }).state
    const shown = stage(spoke).grid.map((each) => each.participant)
    expect(shown).toHaveLength(maxTiles)
    expect(shown).toContain(49)
    expect(shown.at(-1)).toBe(7)
    expect(shown.slice(0, 20)).toEqual(Array.from({ length: 20 }, (_, at) => at + 10))
  })
})

describe('wishes', () => {
  it('put the large picture first, then those who send one, and never oneself', () => {
    const state = among(3, [sends(10, { camera: false }), sends(11), sends(12, { screen: true })])
    const asked = wishes(stage(state), () => 240.4)
    expect(asked.map((each) => [each.participant, each.source])).toEqual([
      [12, 'screen'],
      [11, 'camera'],
      [12, 'camera'],
      [10, 'camera'],
    ])
    expect(asked.every((each) => each.max_height === 240)).toBe(true)
  })

  it('stay within what the worker takes', () => {
    expect(wishes(stage(among(1)), () => 0)[0]?.max_height).toBe(1)
    expect(wishes(stage(among(1)), () => 99_999)[0]?.max_height).toBe(4320)
  })

  it('mark the pinned one', () => {
    const [first] = wishes(stage(run(among(2), { type: 'pin', participant: 11 }).state), () => 100)
    expect(first).toMatchObject({ participant: 11, pinned: true, priority: 9 })
  })
})
