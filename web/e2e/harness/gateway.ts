import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from './until'

const root = join(import.meta.dirname, '../../..')
export const machine = 'local-1'

/** What a test may set; everything else is as in scripts/run.toml, only quicker. */
export interface Settings {
  bootDelay?: string
  idle?: string
  firstRoom?: string
  environment?: Record<string, string>
}

/** Links that the gateway prints at its start. */
export interface Links {
  chair: string
  guests: string
  signIn: string
}

/**
 * A gateway with a folder of its own and local machines. It can be killed and started again on
 * the same port, as systemd would; its workers live on meanwhile.
 */
export class Gateway {
  readonly data = mkdtempSync(join(tmpdir(), 'weckruf-e2e-'))
  port = 0
  metricsPort = 0
  output = ''
  #process: ChildProcess | undefined

  constructor(private readonly settings: Settings = {}) {}

  static async start(settings: Settings = {}): Promise<Gateway> {
    const gateway = new Gateway(settings)
    ;[gateway.port, gateway.metricsPort] = [await freePort(), await freePort()]
    await gateway.start()
    return gateway
  }

  get origin(): string {
    return `http://localhost:${this.port}`
  }

  /** Starts the program and waits until it answers. */
  async start(): Promise<void> {
    const child = spawn(
      join(root, 'bin/gateway'),
      [
        'serve',
        '--config',
        join(root, 'scripts/run.toml'),
        '--first-room',
        this.settings.firstRoom ?? 'Sitzung des Gemeinderats',
      ],
      { env: this.#environment(), stdio: ['ignore', 'pipe', 'pipe'] },
    )
    this.#process = child
    child.stdout?.on('data', (data) => (this.output += data))
    child.stderr?.on('data', (data) => (this.output += data))
    await until('the gateway answers', async () => {
      if (child.exitCode !== null) throw new Error(`the gateway ended:\n${this.output}`)
      return (await fetch(`${this.origin}/healthz`).catch(() => undefined))?.ok
    })
  }

  #environment(): NodeJS.ProcessEnv {
    return {
      ...plain,
      WECKRUF_GATEWAY_DATA: this.data,
      WECKRUF_HTTP_LISTEN: `127.0.0.1:${this.port}`,
      WECKRUF_HTTP_PUBLIC_URL: this.origin,
      WECKRUF_METRICS_LISTEN: `127.0.0.1:${this.metricsPort}`,
      WECKRUF_PROCESS_WORKER: join(root, 'bin/worker'),
      WECKRUF_PROCESS_BOOT_DELAY: this.settings.bootDelay ?? '1s',
      WECKRUF_MACHINE_IDLE: this.settings.idle ?? '10m',
      WECKRUF_LOG_LEVEL: 'debug',
      ...this.settings.environment,
    }
  }

  /** The links printed last. */
  async links(): Promise<Links> {
    const find = (pattern: RegExp) => [...this.output.matchAll(pattern)].at(-1)?.[0]
    return await until('the links are printed', () => {
      const rooms = [...this.output.matchAll(/http:\/\/\S+\/r\/\S+#\S+/g)].map((m) => m[0])
      const signIn = find(/http:\/\/\S+\/signin#\S+/g)
      const [chair, guests] = rooms.slice(-2)
      return chair && guests && signIn ? { chair, guests, signIn } : undefined
    })
  }

  /** SIGKILL: nothing is cleaned up. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  /** SIGTERM: the gateway ends in order, machines run on. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM')
  }

  /** Ctrl-C: local machines are stopped, too. */
  async interrupt(): Promise<void> {
    await this.#end('SIGINT')
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill(signal)
    await ended
  }

  /** The process group of the machine that runs, or undefined. */
  machineGroup(): number | undefined {
    try {
      const group = Number(readFileSync(join(this.data, 'machines', machine, 'pid'), 'utf8'))
      process.kill(-group, 0)
      return group
    } catch {
      return undefined
    }
  }

  /** A power cut at the machine. */
  killMachine(): void {
    const group = this.machineGroup()
    if (!group) throw new Error('no machine runs')
    process.kill(-group, 'SIGKILL')
  }

  /** Switches a fault of the machine on ("" switches it off). */
  fault(name: string): void {
    writeFileSync(join(this.data, 'machines', machine, 'fault'), name)
  }

  /** Everything that gateway and worker wrote. */
  logs(): string {
    let worker = ''
    try {
      worker = readFileSync(join(this.data, 'machines', machine, 'worker.log'), 'utf8')
    } catch {
      // no machine was woken yet
    }
    return this.output + worker
  }

  async metrics(): Promise<string> {
    return await (await fetch(`http://127.0.0.1:${this.metricsPort}/metrics`)).text()
  }

  /** Ends everything that was started and removes the folder. */
  async dispose(): Promise<void> {
    await this.kill()
    if (this.machineGroup()) this.killMachine()
    rmSync(this.data, { recursive: true, force: true })
  }
}

// What a developer has set for a gateway of their own is nothing for this one.
const plain = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('WECKRUF_')))

async function freePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      )
    })
  })
}
