import { describe, expect, it } from 'vitest'
import { pause, type Socket, SocketLine } from './line'
import { Sleep } from './wake'

class FakeSocket implements Socket {
  readyState = 0
  onopen: Socket['onopen'] = null
  onclose: Socket['onclose'] = null
  onmessage: Socket['onmessage'] = null
  readonly sent: string[] = []
  closed = false

  send(data: string) {
    this.sent.push(data)
  }
  close() {
    this.closed = true
    this.readyState = 3
  }
  open() {
    this.readyState = 1
    this.onopen?.({} as Event)
  }
  fail() {
    this.readyState = 3
    this.onclose?.({} as CloseEvent)
  }
  say(text: string) {
    this.onmessage?.({ data: text } as MessageEvent)
  }
}

function rig() {
  const sockets: FakeSocket[] = []
  const timers: { run: () => void; ms: number }[] = []
  const heard: string[] = []
  const line = new SocketLine(
    {
      dial: () => {
        const socket = new FakeSocket()
        sockets.push(socket)
        return socket
      },
      later: (run, ms) => {
        const timer = { run, ms }
        timers.push(timer)
        return () => timers.splice(timers.indexOf(timer), timers.includes(timer) ? 1 : 0)
      },
      random: () => 1,
    },
    {
      open: () => heard.push('open'),
      away: () => heard.push('away'),
      message: (message) => heard.push(message.type),
    },
  )
  const latest = () => sockets.at(-1) as FakeSocket
  const fire = () => {
    const timer = timers.shift()
    timer?.run()
    return timer?.ms
  }
  return { line, sockets, timers, heard, latest, fire }
}

describe('the line', () => {
  it('opens, and tells of messages it knows', () => {
    const { line, latest, heard } = rig()
    line.connect()
    latest().open()
    latest().say('{"type":"removed"}')
    latest().say('{"type":"of a newer gateway"}')
    latest().say('not JSON')
    expect(heard).toEqual(['open', 'removed'])
  })

  it('comes back by itself, ever slower up to two seconds', () => {
    const { line, latest, heard, fire } = rig()
    line.connect()
    const waits = Array.from({ length: 7 }, () => {
      latest().fail()
      return fire()
    })
    expect(waits).toEqual([100, 200, 400, 800, 1600, 2000, 2000])
    latest().open()
    latest().fail()
    expect(fire()).toBe(100)
    expect(heard.filter((each) => each === 'away')).toHaveLength(8)
  })

  it('does not wait when the network is back', () => {
    const { line, latest, sockets, timers } = rig()
    line.connect()
    latest().fail()
    line.hurry()
    expect(sockets).toHaveLength(2)
    latest().open()
    line.hurry()
    expect(sockets).toHaveLength(2)
    expect(timers).toHaveLength(0)
  })

  it('gives up a socket that does not open', () => {
    const { line, sockets, fire, heard } = rig()
    line.connect()
    fire()
    expect(sockets[0]?.closed).toBe(true)
    expect(heard).toEqual(['away'])
    fire()
    expect(sockets).toHaveLength(2)
  })

  it('does not trust a socket after sleep', () => {
    const { line, sockets, latest, heard } = rig()
    line.connect()
    latest().open()
    line.renew()
    expect(sockets[0]?.closed).toBe(true)
    latest().open()
    expect(heard).toEqual(['open', 'away', 'open'])
  })

  it('stays away when it is ended, whatever wakes it', () => {
    const { line, sockets, latest, timers, heard } = rig()
    line.connect()
    latest().open()
    line.disconnect()
    line.hurry()
    line.renew()
    expect(sockets).toHaveLength(1)
    expect(timers).toHaveLength(0)
    expect(heard).toEqual(['open'])
  })

  it('hears nothing from a socket that was replaced', () => {
    const { line, sockets, heard } = rig()
    line.connect()
    const [first] = sockets
    line.connect()
    first?.open()
    first?.say('{"type":"removed"}')
    first?.fail()
    expect(heard).toEqual([])
  })

  it('sends only when it is open', () => {
    const { line, latest } = rig()
    line.connect()
    line.send({ type: 'leave' })
    latest().open()
    line.send({ type: 'leave' })
    expect(latest().sent).toEqual(['{"type":"leave"}'])
  })
})

describe('a pause', () => {
  it('varies, so that a crowd does not come back at once', () => {
    expect(pause(0, 0)).toBe(50)
    expect(pause(0, 0.999)).toBeLessThan(100)
    expect(pause(20, 0)).toBe(1000)
  })
})

describe('sleep', () => {
  it('is a jump of the clock, not a busy moment', () => {
    const sleep = new Sleep(0)
    expect(sleep.beat(2000, false)).toBe(false)
    expect(sleep.beat(11_000, false)).toBe(false)
    expect(sleep.beat(60_000, false)).toBe(true)
    expect(sleep.beat(62_000, false)).toBe(false)
  })

  it('is not what a hidden tab does whose timers run once a minute', () => {
    const sleep = new Sleep(0)
    for (let minute = 1; minute <= 10; minute++) expect(sleep.beat(minute * 60_000, true)).toBe(false)
    expect(sleep.seen(630_000)).toBe(false)
    expect(sleep.beat(632_000, false)).toBe(false)
  })

  it('of a hidden tab is told when it is seen again, once', () => {
    const sleep = new Sleep(0)
    expect(sleep.beat(3_600_000, true)).toBe(false)
    expect(sleep.beat(3_602_000, true)).toBe(false)
    expect(sleep.seen(3_603_000)).toBe(true)
    expect(sleep.seen(3_604_000)).toBe(false)
    expect(sleep.seen(7_200_000)).toBe(true)
  })
})
