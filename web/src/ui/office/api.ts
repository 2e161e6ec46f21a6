import type { Costs, Machine, Role, Room, RoomDraft } from './model'

/** Why a call failed: the API's codes, and `away` when no answer came at all. */
export const faultCodes = [
  'away',
  'signed_out',
  'not_found',
  'malformed',
  'too_large',
  'too_fast',
  'wrong_origin',
  'in_use',
  'conflict',
  'wake_limit',
  'over_budget',
  'no_machine',
  'unavailable',
  'internal',
] as const
export type FaultCode = (typeof faultCodes)[number]

/** A call that failed, with a code that has plain words in both languages. */
export class Fault extends Error {
  override readonly name = 'Fault'

  constructor(
    readonly code: FaultCode,
    detail = '',
  ) {
    super(`${code}: ${detail}`)
  }
}

/** The code of anything thrown; what is not a Fault is our own mistake. */
export function codeOf(cause: unknown): FaultCode {
  return cause instanceof Fault ? cause.code : 'internal'
}

const byStatus: Readonly<Record<number, FaultCode>> = {
  400: 'malformed',
  401: 'signed_out',
  403: 'wrong_origin',
  404: 'not_found',
  409: 'conflict',
  413: 'too_large',
  429: 'too_fast',
  502: 'unavailable',
  503: 'unavailable',
  504: 'unavailable',
}

/** Reads an error answer: its code when the gateway wrote it, else what the status says (a proxy's page). */
export function faultOf(status: number, body: unknown): Fault {
  const error = (body as { error?: { code?: unknown; detail?: unknown } } | null)?.error
  const named = faultCodes.find((code) => code === error?.code)
  return new Fault(named ?? byStatus[status] ?? 'internal', String(error?.detail ?? status))
}

const patience = 15_000 // ms; then the gateway counts as away

async function send(method: string, path: string, body?: unknown): Promise<Response> {
  const init: RequestInit = { method, signal: AbortSignal.timeout(patience), cache: 'no-store' }
  if (method !== 'GET') init.headers = { 'Content-Type': 'application/json' }
  if (body !== undefined) init.body = JSON.stringify(body)
  let answer: Response
  try {
    answer = await fetch(`/api/v1${path}`, init)
  } catch (cause) {
    throw new Fault('away', String(cause))
  }
  if (!answer.ok) throw faultOf(answer.status, await answer.json().catch(() => null))
  return answer
}

async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
  const answer = await send(method, path, body)
  try {
    return (await answer.json()) as T
  } catch (cause) {
    throw new Fault('internal', String(cause))
  }
}

const at = (room: string) => `/rooms/${encodeURIComponent(room)}`

/** The gateway's API as the office uses it. Every call may throw a Fault and nothing else. */
export const api = {
  signIn: async (token: string): Promise<void> => void (await send('POST', '/signin', { token })),
  signOut: async (): Promise<void> => void (await send('POST', '/signout', {})),
  me: (): Promise<{ organisation: string }> => ask('GET', '/me'),
  rooms: async (): Promise<readonly Room[]> =>
    (await ask<{ rooms: Room[] | null }>('GET', '/rooms')).rooms ?? [],
  machines: async (): Promise<readonly Machine[]> =>
    (await ask<{ machines: Machine[] | null }>('GET', '/machines')).machines ?? [],
  create: (draft: RoomDraft): Promise<Room> => ask('POST', '/rooms', withoutNull(draft)),
  edit: (room: string, draft: RoomDraft): Promise<Room> => ask('PATCH', at(room), draft),
  remove: async (room: string): Promise<void> => void (await send('DELETE', at(room))),
  renew: (room: string, role: Role, oldKnocksHours: number): Promise<Room> =>
    ask('POST', `${at(room)}/links`, { role, old_knocks_hours: oldKnocksHours }),
  prewarm: async (room: string, minutes: number): Promise<void> =>
    void (await send('POST', `${at(room)}/prewarm`, { minutes })),
  cancelPrewarm: async (room: string): Promise<void> => void (await send('DELETE', `${at(room)}/prewarm`)),
  stop: async (machine: string): Promise<void> =>
    void (await send('POST', `/machines/${encodeURIComponent(machine)}/stop`, {})),
  costs: (month: string): Promise<Costs> => ask('GET', `/costs?month=${encodeURIComponent(month)}`),
}

// A new room without a time has no starts_at at all.
function withoutNull(draft: RoomDraft): object {
  const { starts_at, ...rest } = draft
  return starts_at === null ? rest : draft
}
