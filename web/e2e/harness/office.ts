import type { Costs, Machine } from '../../src/ui/office/model'
import type { Gateway } from './gateway'

/** A room as the office's API shows it, as far as tests look at it. */
export interface OfficeRoom {
  room: string
  links: { chair: { url: string }; guest: { url: string } }
  present: number
  waiting: number
}

/** What a new room may be told. */
export interface Wanted {
  title: string
  starts_at?: string
  waiting_room?: boolean
  capacity?: number
}

/** An organiser who is signed in, without a browser. */
export class Office {
  private constructor(
    private readonly origin: string,
    private readonly cookie: string,
  ) {}

  /** Signs in with the link that the gateway printed; it works once. */
  static async signIn(gateway: Gateway): Promise<Office> {
    const { signIn } = await gateway.links()
    const token = signIn.split('#')[1] ?? ''
    const answer = await fetch(`${gateway.origin}/api/v1/signin`, {
      method: 'POST',
      headers: { origin: gateway.origin, 'content-type': 'application/json' },
      body: JSON.stringify({ token }),
    })
    const cookie = answer.headers.get('set-cookie')?.split(';')[0]
    if (!answer.ok || !cookie) throw new Error(`the sign-in was answered with ${answer.status}`)
    return new Office(gateway.origin, cookie)
  }

  async makeRoom(wanted: Wanted): Promise<OfficeRoom> {
    return (await this.call('POST', 'rooms', wanted)) as OfficeRoom
  }

  async room(room: string): Promise<OfficeRoom> {
    return (await this.call('GET', `rooms/${room}`)) as OfficeRoom
  }

  /** Renews a link; the old one may knock for so many hours. */
  async renew(room: string, role: 'chair' | 'guest', oldKnocksHours: number): Promise<OfficeRoom> {
    return (await this.call('POST', `rooms/${room}/links`, {
      role,
      old_knocks_hours: oldKnocksHours,
    })) as OfficeRoom
  }

  async prewarm(room: string, minutes: number): Promise<void> {
    await this.call('POST', `rooms/${room}/prewarm`, { minutes })
  }

  /** The keeper's state of the first machine. */
  async machineState(): Promise<string> {
    const { machines } = (await this.call('GET', 'machines')) as { machines: { state: string }[] }
    return machines[0]?.state ?? 'none'
  }

  /** The first machine, as the office is told of it. */
  async machine(): Promise<Machine> {
    const { machines } = (await this.call('GET', 'machines')) as { machines: Machine[] }
    if (!machines[0]) throw new Error('there is no machine')
    return machines[0]
  }

  async stop(machine: string): Promise<void> {
    await this.call('POST', `machines/${machine}/stop`, {})
  }

  /** The books of this month. */
  async costs(): Promise<Costs> {
    return (await this.call('GET', 'costs')) as Costs
  }

  private async call(method: string, path: string, body?: unknown): Promise<unknown> {
    const answer = await fetch(`${this.origin}/api/v1/${path}`, {
      method,
      headers: { origin: this.origin, cookie: this.cookie, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
    return text === '' ? undefined : JSON.parse(text)
  }
}
