import type { Page } from 'playwright-core'
import type { FromGateway, Lobby, MachineState, ToGateway } from '../../src/proto/message'
import { until } from './until'

declare global {
  interface Window {
    lines?: { socket: WebSocket; got: string[] }[]
  }
}

type Kind = FromGateway['type']
type Message<K extends Kind> = Extract<FromGateway, { type: K }>

/**
 * A page's line to the gateway without the room page around it: somebody who stands at the door
 * or waits in the lobby. The page has to be one of the gateway's own.
 */
export class Line {
  private constructor(
    private readonly page: Page,
    private readonly number: number,
    private readonly link: string,
  ) {}

  /** Opens the line and looks at the room. */
  static async look(page: Page, link: string, resume?: string): Promise<Line> {
    const line = new Line(page, await page.evaluate(open), link)
    const { pathname, hash } = new URL(link)
    const room = pathname.split('/').at(-1) ?? ''
    await line.send({ type: 'look', version: 1, room, secret: hash.slice(1), ...(resume && { resume }) })
    return line
  }

  /** Looks and enters; the answer may be anything. */
  static async enter(page: Page, link: string, name: string, resume?: string): Promise<Line> {
    const line = await Line.look(page, link, resume)
    await line.send({ type: 'enter', name })
    return line
  }

  async enter(name: string): Promise<void> {
    await this.send({ type: 'enter', name })
  }

  async leave(): Promise<void> {
    await this.send({ type: 'leave' })
  }

  private async send(message: ToGateway): Promise<void> {
    await this.page.evaluate(
      ([number, text]) => {
        const socket = window.lines?.[number]?.socket
        if (socket?.readyState === WebSocket.CONNECTING) {
          socket.addEventListener('open', () => socket.send(text), { once: true })
        } else socket?.send(text)
      },
      [this.number, JSON.stringify(message)] as const,
    )
  }

  /** Everything the gateway said so far. */
  async got(): Promise<FromGateway[]> {
    const texts = await this.page.evaluate((number) => window.lines?.[number]?.got ?? [], this.number)
    return texts.map((text) => JSON.parse(text) as FromGateway)
  }

  /** All messages of one kind so far. */
  async all<K extends Kind>(kind: K): Promise<Message<K>[]> {
    return (await this.got()).filter((message): message is Message<K> => message.type === kind)
  }

  /** Waits for a message of this kind. */
  async hears<K extends Kind>(kind: K): Promise<Message<K>> {
    return await until(`${this.link} hears ${kind}`, async () => (await this.all(kind)).at(-1))
  }

  /** How the lobby described the machine, each state once in a row. */
  async course(): Promise<MachineState[]> {
    const states = (await this.all('lobby')).map((lobby: Lobby) => lobby.machine)
    return states.filter((state, i) => state !== states[i - 1])
  }

  /** Waits until the lobby says so, or (ready) the gateway asks for the offer. */
  async sees(state: MachineState): Promise<void> {
    await until(`the lobby says ${state}`, async () => (await this.course()).includes(state))
  }
}

/** Opens a socket in the page and returns its number. */
function open(): number {
  window.lines ??= []
  const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/api/v1/join`)
  const got: string[] = []
  socket.addEventListener('message', ({ data }) => got.push(String(data)))
  return window.lines.push({ socket, got }) - 1
}
