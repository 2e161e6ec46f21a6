import { describe, expect, it } from 'vitest'
import type { RefusalCode } from '../proto/message'
import { refusalCodes } from '../proto/message'
import type { Event } from './event'
import {
  answer,
  atDoor,
  fresh,
  inCall,
  inLobby,
  kinds,
  lobby,
  offer,
  offered,
  place,
  ready,
  refusal,
  run,
  said,
  second,
  view,
} from './fixture'
import { interruption } from './interruption'
import { initial, type Phase, type State } from './state'

const left = () => run(inCall(), { type: 'leave' }).state
const replaced = () => run(inCall(), said({ type: 'replaced' })).state
const outdated = () => run(atDoor(), said({ type: 'fault', code: 'version', re: 'look' })).state
const refused = () => run(atDoor(), said(refusal('full'))).state

const places: Record<Phase['kind'], () => State> = {
  opening: fresh,
  door: atDoor,
  lobby: inLobby,
  call: inCall,
  refused,
  outdated,
  replaced,
  left,
}

describe('the way in', () => {
  it('asks the door with the secret and wakes nothing', () => {
    const { effects } = run(fresh(), { type: 'line-open' })
    expect(effects).toEqual([
      { kind: 'send', message: { type: 'look', version: 1, room: 'rat', secret: 'secret' } },
    ])
  })

  it('sends enter once and only after a press', () => {
    const before = run(fresh(), { type: 'line-open' }, said(view))
    expect(kinds(before.effects)).not.toContain('send enter')
    const pressed = run(before.state, { type: 'enter', name: 'Anna' }, { type: 'enter', name: 'Anna' })
    expect(kinds(pressed.effects)).toEqual(['keep', 'send enter'])
  })

  it('leads from the lobby into the call by ready, offer and answer', () => {
    const asked = run(inLobby(), said(ready))
    expect(kinds(asked.effects)).toEqual(['offer'])
    const sent = run(asked.state, { type: 'offered', offer })
    expect(kinds(sent.effects)).toEqual(['send offer'])
    const answered = run(sent.state, said(answer))
    expect(kinds(answered.effects)).toEqual(['accept'])
    expect(answered.state.phase.kind).toBe('call')
  })

  it('drops an offer and an answer for a connection that is none any more', () => {
    const moved = run(offered(), said(second))
    expect(kinds(moved.effects)).toEqual(['hang-up', 'offer'])
    const late = run(moved.state, { type: 'offered', offer }, said(answer))
    expect(late.effects).toEqual([])
    expect(late.state.phase.kind).toBe('lobby')
  })

  it('needs no question when the link has no secret', () => {
    expect(initial('rat', '').phase).toMatchObject({ kind: 'refused', refusal: { code: 'wrong_link' } })
  })

  it('comes back to the door when the name is not taken', () => {
    const { state } = run(inLobby(), said({ type: 'fault', code: 'malformed', re: 'enter' }))
    expect(state.phase.kind).toBe('door')
    expect(state.nameRefused).toBe(true)
    expect(kinds(run(state, { type: 'enter', name: 'Bert' }).effects)).toContain('send enter')
  })
})

describe('a reload', () => {
  const kept = { entered: true, name: 'Anna', resume: 'token' }

  it('goes straight back to the place, with one enter', () => {
    const { state, effects } = run(
      initial('rat', 'secret', kept),
      { type: 'line-open' },
      said(view),
      said(place),
    )
    expect(effects[0]).toMatchObject({ message: { type: 'look', resume: 'token', secret: 'secret' } })
    expect(kinds(effects).filter((each) => each === 'send enter')).toHaveLength(1)
    expect(state.phase.kind).toBe('lobby')
  })

  it('shows the door to somebody who had not entered', () => {
    const { state } = run(
      initial('rat', 'secret', { ...kept, entered: false }),
      { type: 'line-open' },
      said(view),
    )
    expect(state.phase.kind).toBe('door')
  })
})

describe('a lost line', () => {
  it('leaves picture and sound alone and claims the live connection', () => {
    const away = run(inCall(), { type: 'line-away' })
    expect(away.effects).toEqual([])
    expect(away.state.phase.kind).toBe('call')
    expect(interruption(away.state)).toBe('line')
    const back = run(away.state, { type: 'line-open' }, said(view), said(place))
    const enter = back.effects.find((each) => each.kind === 'send' && each.message.type === 'enter')
    expect(enter).toMatchObject({ message: { name: 'Anna', connection: ready.connection } })
    expect(kinds(back.effects)).not.toContain('hang-up')
    expect(back.state.phase.kind).toBe('call')
    expect(interruption(back.state)).toBeUndefined()
  })

  it('gives up what was offered and not answered', () => {
    const { state, effects } = run(offered(), { type: 'line-away' }, { type: 'line-open' }, said(view))
    expect(kinds(effects)).toEqual(['send look', 'hang-up', 'send enter'])
    expect(state.phase).toMatchObject({ kind: 'lobby' })
    expect(run(state, said(answer)).effects).toEqual([])
  })

  it('asks for a new connection when the old one broke meanwhile', () => {
    const broken = run(
      inCall(),
      { type: 'line-away' },
      { type: 'flow', connection: ready.connection, flow: 'failed' },
    )
    expect(broken.effects).toEqual([])
    expect(interruption(broken.state)).toBe('both')
    const back = run(broken.state, { type: 'line-open' }, said(view))
    expect(back.effects.at(-1)).toEqual({ kind: 'send', message: { type: 'enter', name: 'Anna' } })
    expect(back.state.phase).toMatchObject({ kind: 'lobby', lost: 'media_lost' })
  })

  it('keeps a press on enter until the line is back', () => {
    const away = run(atDoor(), { type: 'line-away' }, { type: 'enter', name: 'Anna' })
    expect(kinds(away.effects)).toEqual(['keep'])
    const back = run(away.state, { type: 'line-open' }, said(view))
    expect(kinds(back.effects)).toContain('send enter')
  })

  it('does not end a call because the door is shut for the moment', () => {
    const codes: RefusalCode[] = ['too_fast', 'full', 'over_budget', 'wake_limit', 'no_machine', 'too_early']
    for (const code of codes) {
      const { state, effects } = run(inCall(), said(refusal(code)))
      expect(state.phase.kind, code).toBe('call')
      expect(kinds(effects), code).not.toContain('hang-up')
    }
  })
})

describe('a lost machine', () => {
  it('leads back to the lobby with the reason and into the next call without a press', () => {
    const gone = run(
      inCall(),
      said({ type: 'lost', connection: ready.connection, reason: 'machine_lost' }),
      said(lobby),
    )
    expect(kinds(gone.effects)).toEqual(['hang-up'])
    expect(gone.state.phase).toMatchObject({
      kind: 'lobby',
      lost: 'machine_lost',
      lobby: { machine: 'booting' },
    })
    const again = run(gone.state, said(second), said({ ...answer, connection: second.connection }))
    expect(kinds(again.effects)).toEqual(['offer', 'accept'])
    expect(again.state.phase).toMatchObject({ kind: 'call', call: { connection: second.connection } })
  })

  it('of another connection is none of ours', () => {
    const { state, effects } = run(inCall(), said({ type: 'lost', connection: 'x', reason: 'machine_lost' }))
    expect(state.phase.kind).toBe('call')
    expect(effects).toEqual([])
  })
})

describe('a broken path', () => {
  const fail: Event = { type: 'flow', connection: ready.connection, flow: 'failed' }

  it('is offered again twice, then given up for a new connection', () => {
    const first = run(inCall(), fail, fail)
    expect(kinds(first.effects)).toEqual(['offer-again', 'offer-again'])
    const third = run(first.state, fail)
    expect(kinds(third.effects)).toEqual(['hang-up', 'connect-later'])
    expect(third.state.phase).toMatchObject({ kind: 'lobby', lost: 'media_lost' })
  })

  it('forgets earlier trouble once it flows', () => {
    const flow: Event = { type: 'flow', connection: ready.connection, flow: 'flowing' }
    expect(kinds(run(inCall(), fail, fail, flow, fail).effects)).toEqual([
      'offer-again',
      'offer-again',
      'offer-again',
    ])
  })

  it('is told apart from a lost line', () => {
    const cut = run(inCall(), { type: 'flow', connection: ready.connection, flow: 'interrupted' }).state
    expect(interruption(cut)).toBe('media')
    expect(interruption({ ...cut, line: 'away' })).toBe('both')
  })

  it('of a connection that was given up changes nothing', () => {
    const state = inCall()
    expect(run(state, { ...fail, connection: 'x' }).state).toBe(state)
  })

  it('tries again ever later when offers come to nothing', () => {
    const fault = said({ type: 'fault', code: 'bad_offer', re: 'offer' })
    const once = run(offered(), fault)
    expect(once.effects).toContainEqual({ kind: 'connect-later', after: 2000 })
    const twice = run(once.state, said(second), fault)
    expect(twice.effects).toContainEqual({ kind: 'connect-later', after: 4000 })
  })

  it('does not follow from a further offer that the worker did not want', () => {
    const { state, effects } = run(inCall(), said({ type: 'fault', code: 'bad_offer', re: 'offer' }))
    expect(effects).toEqual([{ kind: 'roll-back', unwanted: true }])
    expect(state.phase.kind).toBe('call')
  })

  it('does not follow from a further offer that did not reach the worker', () => {
    const { effects } = run(inCall(), said({ type: 'fault', code: 'unavailable', re: 'offer' }))
    expect(effects).toEqual([{ kind: 'roll-back', unwanted: false }])
  })
})

describe('the door that stays shut', () => {
  it.each(refusalCodes)('%s is shown at the door', (code) => {
    expect(run(atDoor(), said(refusal(code))).state.phase).toMatchObject({
      kind: 'refused',
      refusal: { code },
    })
  })

  it.each(['wrong_link', 'withdrawn', 'removed'] as const)('%s ends the call', (code) => {
    const { state, effects } = run(inCall(), said(refusal(code)))
    expect(state.phase.kind).toBe('refused')
    expect(kinds(effects)).toEqual(expect.arrayContaining(['hang-up', 'stop-devices', 'disconnect']))
  })

  it('looks again by itself when that can help', () => {
    const at = '2030-01-01T18:45:00Z'
    expect(run(atDoor(), said(refusal('too_early', { opens_at: at }))).effects).toContainEqual({
      kind: 'connect-later',
      at,
    })
    expect(run(atDoor(), said(refusal('wake_limit', { retry_after_ms: 90_000 }))).effects).toContainEqual({
      kind: 'connect-later',
      after: 90_000,
    })
    for (const code of ['wrong_link', 'withdrawn', 'over_budget', 'no_machine'] as const)
      expect(kinds(run(atDoor(), said(refusal(code))).effects), code).not.toContain('connect-later')
  })

  it('trusts the gateway with the wait, not the own clock, and does not ask in a hurry', () => {
    const early = { opens_at: '2030-01-01T18:45:00Z', retry_after_ms: 40_000 }
    expect(run(atDoor(), said(refusal('too_early', early))).effects).toContainEqual({
      kind: 'connect-later',
      after: 40_000,
    })
    for (const code of ['too_early', 'too_fast', 'full'] as const)
      expect(run(atDoor(), said(refusal(code, { ...early, retry_after_ms: 1 }))).effects).toContainEqual({
        kind: 'connect-later',
        after: 5000,
      })
  })

  it('opens into the lobby as soon as something moves, and not before', () => {
    const shut = run(inLobby(), said(refusal('no_machine'))).state
    expect(run(shut, said({ ...lobby, machine: 'failed' })).state.phase.kind).toBe('refused')
    expect(run(shut, said({ ...lobby, machine: 'starting' })).state.phase.kind).toBe('lobby')
  })

  it('is asked with enter again by somebody who had entered', () => {
    const shut = run(inLobby(), said(refusal('wake_limit'))).state
    const again = run(shut, { type: 'line-away' }, { type: 'line-open' }, said(view))
    expect(kinds(again.effects)).toContain('send enter')
  })
})

describe('an end', () => {
  it('by leaving gives the place up and switches everything off', () => {
    const { state, effects } = run(inCall(), { type: 'leave' })
    expect(kinds(effects)).toEqual(['send leave', 'hang-up', 'stop-devices', 'forget', 'disconnect'])
    expect(state).toMatchObject({ entered: false, resume: '', phase: { kind: 'left' } })
    expect(kinds(run(state, { type: 'come-back' }).effects)).toEqual(['connect'])
  })

  it('by removal forgets the place', () => {
    const { state, effects } = run(inCall(), said({ type: 'removed' }))
    expect(kinds(effects)).toEqual(['hang-up', 'stop-devices', 'forget', 'disconnect'])
    expect(state).toMatchObject({ entered: false, resume: '', phase: { refusal: { code: 'removed' } } })
  })

  it('by a newer tab keeps the place, to be taken back', () => {
    const { state, effects } = run(inCall(), said({ type: 'replaced' }))
    expect(kinds(effects)).toEqual(['hang-up', 'stop-devices', 'disconnect'])
    const back = run(state, { type: 'take-over' }, { type: 'line-open' }, said(view))
    expect(kinds(back.effects)).toEqual(['connect', 'send look', 'send enter'])
  })

  it('is deaf to what comes late', () => {
    for (const state of [left(), replaced(), outdated()])
      for (const message of [view, place, lobby, ready, answer, refusal('full')])
        expect(run(state, said(message))).toEqual({ state, effects: [] })
  })
})

describe('what a chair asks', () => {
  const chair = () => run(inCall(), said({ ...place, role: 'chair' })).state

  it('is sent', () => {
    const { effects } = run(
      chair(),
      { type: 'admit', participant: 9 },
      { type: 'admit-all' },
      { type: 'remove', participant: 9 },
    )
    expect(effects.map((each) => (each.kind === 'send' ? each.message : each.kind))).toEqual([
      { type: 'admit', participants: [9] },
      { type: 'admit', all: true },
      { type: 'remove', participant: 9 },
    ])
  })

  it('is not sent by a guest, nor while the line is away', () => {
    expect(run(inCall(), { type: 'admit-all' }).effects).toEqual([])
    expect(run({ ...chair(), line: 'away' }, { type: 'admit-all' }).effects).toEqual([])
  })
})

describe('news', () => {
  const anna = { participant: 7, name: 'Anna', role: 'guest' } as const
  const bert = { participant: 8, name: 'Bert', role: 'guest' } as const

  it('tells who came, but neither oneself nor those who were there', () => {
    const first = run(inCall(), said({ type: 'roster', people: [anna] }))
    expect(first.effects).toEqual([])
    const next = run(first.state, said({ type: 'roster', people: [anna, bert] }))
    expect(next.effects).toEqual([{ kind: 'tell-news', news: { kind: 'arrived', names: ['Bert'] } }])
  })

  it('tells chairs once who knocks', () => {
    const first = run(inCall(), said({ type: 'roster', people: [anna], waiting: [bert] }))
    expect(first.effects).toEqual([{ kind: 'tell-news', news: { kind: 'knocked', names: ['Bert'] } }])
    expect(run(first.state, said({ type: 'roster', people: [anna], waiting: [bert] })).effects).toEqual([])
  })
})

describe('every event in every phase', () => {
  const events: Event[] = [
    { type: 'line-open' },
    { type: 'line-away' },
    ...[view, place, lobby, ready, answer].map(said),
    ...refusalCodes.map((code) => said(refusal(code))),
    said({ type: 'roster', people: [] }),
    said({ type: 'lost', connection: ready.connection, reason: 'media_lost' }),
    said({ type: 'removed' }),
    said({ type: 'replaced' }),
    said({ type: 'fault', code: 'unavailable', re: 'offer' }),
    said({ type: 'fault', code: 'version' }),
    { type: 'offered', offer },
    { type: 'offer-failed', connection: ready.connection },
    { type: 'flow', connection: ready.connection, flow: 'failed' },
    { type: 'shown', connection: ready.connection, shown: [] },
    { type: 'worker', connection: ready.connection, message: { type: 'speaker', participant: 3 } },
    { type: 'sources', sources: { microphone: true, camera: false, screen: false, screen_sound: false } },
    { type: 'enter', name: 'Anna' },
    { type: 'leave' },
    { type: 'come-back' },
    { type: 'take-over' },
    { type: 'try-again' },
    { type: 'admit', participant: 3 },
    { type: 'admit-all' },
    { type: 'remove', participant: 3 },
    { type: 'pin', participant: 3 },
  ]

  it.each(Object.keys(places) as Phase['kind'][])('from %s holds what must always hold', (kind) => {
    for (const event of events) {
      const before = places[kind]()
      const { state, effects } = run(before, event)
      const sent = kinds(effects)
      // Only somebody who pressed "enter" may wake a machine, be offered for, or wait.
      if (sent.includes('send enter') || sent.includes('offer')) expect(state.entered, event.type).toBe(true)
      if (state.phase.kind === 'call' || state.phase.kind === 'lobby')
        expect(state.entered, event.type).toBe(true)
      // Whoever leaves the call for good hangs up.
      const ended = before.phase.kind === 'call' && state.phase.kind !== 'call'
      if (ended) expect(sent, event.type).toContain('hang-up')
      // Somebody who is out has neither a place nor a token.
      if (state.phase.kind === 'left') expect(state.resume, event.type).toBe('')
    }
  })
})
