import type { Event, News } from '../../core/event'
import { BrowserPeer } from '../../rtc/browser-peer'
import { Devices } from '../../rtc/devices'
import { tabStorage } from '../../signal/kept'
import { type Line, SocketLine } from '../../signal/line'
import { watchWakes } from '../../signal/wake'
import { announce } from '../../ui/base/toast'
import { t } from '../../ui/room/words'
import type { World } from './session'

const newsPause = 1500 // ms: those who come together are announced together

/** The world of a real browser. */
export function world(): World {
  return {
    line,
    preparePeer: (listener) => new BrowserPeer(listener),
    devices: (changed) => new Devices(navigator.mediaDevices, changed),
    storage: tabStorage(),
    later,
    now: () => Date.now(),
    tell: gathered(),
    hiding: (run) => window.addEventListener('pagehide', (event) => run(!event.persisted)),
    guessHeight: () => Math.max(180, (window.innerHeight * window.devicePixelRatio) / 3),
  }
}

function later(run: () => void, ms: number): () => void {
  const timer = setTimeout(run, ms)
  return () => clearTimeout(timer)
}

function line(listen: (event: Event) => void): Line {
  const dial = () => new WebSocket(`${location.origin.replace(/^http/, 'ws')}/api/v1/join`)
  const socket = new SocketLine(
    { dial, later, random: Math.random },
    {
      open: () => listen({ type: 'line-open' }),
      away: () => listen({ type: 'line-away' }),
      message: (message) => listen({ type: 'gateway', message }),
    },
  )
  watchWakes(socket)
  window.addEventListener('hashchange', () => location.reload())
  return socket
}

// A crowd is announced in one sentence, not in twenty.
function gathered(): (news: News) => void {
  const names: Record<News['kind'], string[]> = { arrived: [], knocked: [] }
  let gathering = false
  const flush = () => {
    gathering = false
    const sentences = [sentence('arrived', names.arrived), sentence('knocked', names.knocked)]
    names.arrived = []
    names.knocked = []
    announce(sentences.filter((each) => each !== '').join(' '))
  }
  return (news) => {
    names[news.kind].push(...news.names)
    if (gathering) return
    gathering = true
    setTimeout(flush, newsPause)
  }
}

function sentence(kind: News['kind'], names: readonly string[]): string {
  const [name] = names
  if (name === undefined) return ''
  if (names.length === 1) return t(kind === 'arrived' ? 'arrived' : 'knock', { name })
  return t(kind === 'arrived' ? 'arrivedMany' : 'knockMany', { n: names.length })
}
