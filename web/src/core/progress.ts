import type { Lobby, MachineState } from '../proto/message'

/** How far one of the three milestones is. None runs while the server was not started. */
export type Mark = 'done' | 'running' | 'ahead'

/** What the lobby shows of the way to the room. */
export interface Progress {
  /** 0 to 1; never full before the room is open. */
  readonly share: number
  /** Seconds that are left, or nothing when nobody can say. */
  readonly seconds?: number
  /** Longer than expected, but under way. */
  readonly soon: boolean
  readonly server: Mark
  readonly media: Mark
  readonly door: Mark
}

// What has been reached when no time is known, so that the bar is honest without an estimate.
const reached: Record<MachineState, number> = {
  off: 0,
  queued: 0,
  failed: 0,
  unknown: 0,
  starting: 0.1,
  booting: 0.4,
  preparing: 0.8,
  ready: 1,
}

/** The most that is shown while the machine is still on its way. */
const almost = 0.96

/** How far the way is, `since` milliseconds after this word from the gateway. */
export function progress(lobby: Lobby | undefined, since: number): Progress {
  const machine = lobby?.machine ?? 'off'
  const ready = machine === 'ready'
  const started = machine === 'booting' || machine === 'preparing'
  const seconds = ready ? undefined : secondsLeft(lobby, since)
  return {
    share: ready ? 1 : shareOf(lobby, since),
    ...(seconds === undefined ? {} : { seconds }),
    soon: seconds === 0,
    server: ready || started ? 'done' : machine === 'starting' ? 'running' : 'ahead',
    media: ready ? 'done' : started ? 'running' : 'ahead',
    door: ready ? 'running' : 'ahead',
  }
}

function secondsLeft(lobby: Lobby | undefined, since: number): number | undefined {
  if (!lobby || lobby.eta_ms <= 0) return undefined
  return Math.max(0, Math.ceil((lobby.eta_ms - since) / 1000))
}

function shareOf(lobby: Lobby | undefined, since: number): number {
  if (!lobby) return 0
  const floor = reached[lobby.machine]
  if (lobby.eta_ms <= 0) return floor
  const elapsed = lobby.elapsed_ms + since
  const whole = Math.max(lobby.elapsed_ms + lobby.eta_ms, elapsed)
  return Math.min(almost, elapsed / whole)
}
