import { decodeFromGateway, encode } from '../proto/decode'
import type { FromGateway, ToGateway } from '../proto/message'
import { WireError } from '../proto/shape'

/** The line to the gateway. */
export interface Line {
  /** Opens it, or opens it anew. From then on it comes back by itself. */
  connect(): void
  /** Ends it after what was sent has left. */
  disconnect(): void
  /** Sends when the line is open; else the message is lost, for a new line begins with a new look. */
  send(message: ToGateway): void
}

export interface LineListener {
  open(): void
  away(): void
  message(message: FromGateway): void
}

/** The part of a WebSocket that is used. */
export interface Socket {
  readonly readyState: number
  onopen: ((event: Event) => void) | null
  onclose: ((event: CloseEvent) => void) | null
  onmessage: ((event: MessageEvent) => void) | null
  send(data: string): void
  close(): void
}

/** What the line needs of its surroundings. */
export interface Surroundings {
  dial(): Socket
  /** Runs a function after so many milliseconds; the result cancels it. */
  later(run: () => void, ms: number): () => void
  /** From 0 to 1, 1 excluded. */
  random(): number
}

const first = 100
const longest = 2000
/** A socket that is not open after so long is given up (ms). */
const dialLimit = 8000
const open = 1

/** How long to wait before the attempt with this number, from 0 (ms): doubling, the upper half by chance. */
export function pause(attempt: number, random: number): number {
  const limit = Math.min(longest, first * 2 ** attempt)
  return limit / 2 + (limit / 2) * random
}

/** A line that comes back by itself. */
export class SocketLine implements Line {
  private socket: Socket | undefined
  private cancel: (() => void) | undefined
  private attempts = 0
  private wanted = false

  constructor(
    private readonly around: Surroundings,
    private readonly listener: LineListener,
  ) {}

  connect(): void {
    this.wanted = true
    this.attempts = 0
    this.dial()
  }

  disconnect(): void {
    this.wanted = false
    this.drop()
  }

  send(message: ToGateway): void {
    if (this.socket?.readyState === open) this.socket.send(encode(message))
  }

  /** The network is back, or somebody looks again: do not wait any longer. */
  hurry(): void {
    if (this.wanted && this.socket?.readyState !== open) this.connect()
  }

  /** The computer slept or changed networks: what stands now may be dead without saying so. */
  renew(): void {
    if (!this.wanted) return
    this.listener.away()
    this.connect()
  }

  private dial(): void {
    this.drop()
    const socket = this.around.dial()
    this.socket = socket
    this.cancel = this.around.later(() => this.closed(socket), dialLimit)
    socket.onopen = () => {
      this.cancel?.()
      this.attempts = 0
      this.listener.open()
    }
    socket.onclose = () => this.closed(socket)
    socket.onmessage = (event) => this.heard(event.data)
  }

  private closed(socket: Socket): void {
    if (this.socket !== socket) return
    this.drop()
    this.listener.away()
    this.cancel = this.around.later(() => this.dial(), pause(this.attempts, this.around.random()))
    this.attempts++
  }

  private drop(): void {
    this.cancel?.()
    this.cancel = undefined
    const socket = this.socket
    this.socket = undefined
    if (!socket) return
    socket.onopen = socket.onclose = socket.onmessage = null
    socket.close()
  }

  // A newer gateway may say what this page does not know: that is no reason to hang up.
  private heard(data: unknown): void {
    if (typeof data !== 'string') return
    let message: FromGateway
    try {
      message = decodeFromGateway(data)
    } catch (error) {
      if (error instanceof WireError) return
      throw error
    }
    this.listener.message(message)
  }
}
