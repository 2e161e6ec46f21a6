import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { type ColourName, colours, writeCamera, writeTone } from './media'

const executable = program()

function program(): string {
  const found = ['/usr/lib/chromium/chromium', '/usr/bin/chromium'].find(existsSync)
  if (!found) throw new Error('there is no Chromium on this machine')
  return found
}

/** Every participant has a browser of their own: camera and microphone belong to a browser. */
export interface Devices {
  colour?: ColourName
  hertz?: number
  /** Of the camera's picture; 320×240 unless a test is about layers. */
  size?: [number, number]
  /** False: the permission is refused. */
  permission?: boolean
  /** False: there is neither camera nor microphone. */
  present?: boolean
  context?: BrowserContextOptions
}

export interface Visitor {
  page: Page
  /** Every address that the page asked for. */
  requests: string[]
  /** What the page sent to the gateway over its WebSocket, and what it got. */
  sent: string[]
  got: string[]
  close(): Promise<void>
}

/** Opens a browser with a camera of one colour and a microphone of one tone. */
export async function visit(devices: Devices = {}): Promise<Visitor> {
  const folder = mkdtempSync(join(tmpdir(), 'weckruf-chromium-'))
  const camera = join(folder, 'camera.y4m')
  const tone = join(folder, 'tone.wav')
  writeCamera(camera, colours[devices.colour ?? 'red'], ...(devices.size ?? []))
  writeTone(tone, devices.hertz ?? 440)
  const browser = await chromium.launch({
    executablePath: executable,
    args: [...base, ...media(devices, camera, tone)],
    ignoreDefaultArgs: ['--mute-audio'],
  })
  const page = await open(browser, devices.context)
  const requests: string[] = []
  page.on('request', (request) => requests.push(request.url()))
  const [sent, got]: [string[], string[]] = [[], []]
  page.on('websocket', (socket) => {
    requests.push(socket.url())
    socket.on('framesent', ({ payload }) => sent.push(String(payload)))
    socket.on('framereceived', ({ payload }) => got.push(String(payload)))
  })
  return {
    page,
    requests,
    sent,
    got,
    close: async () => {
      await browser.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const base = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
  '--disable-features=WebRtcHideLocalIpsWithMdns',
  '--disable-background-timer-throttling',
  '--disable-renderer-backgrounding',
  '--disable-backgrounding-occluded-windows',
]

function media(devices: Devices, camera: string, tone: string): string[] {
  if (devices.present === false) return ['--use-fake-ui-for-media-stream']
  const fake = [
    '--use-fake-device-for-media-stream',
    `--use-file-for-fake-video-capture=${camera}`,
    `--use-file-for-fake-audio-capture=${tone}`,
  ]
  return devices.permission === false ? fake : [...fake, '--use-fake-ui-for-media-stream']
}

async function open(browser: Browser, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ locale: 'de-DE', timezoneId: 'Europe/Berlin', ...options })
  await context.addInitScript(rememberConnections)
  return await context.newPage()
}

/** Keeps the page's connections where the tests can ask them for their statistics. */
function rememberConnections(): void {
  const seen: RTCPeerConnection[] = []
  Object.defineProperty(window, 'seenConnections', { value: seen })
  const Original = window.RTCPeerConnection
  window.RTCPeerConnection = class extends Original {
    constructor(configuration?: RTCConfiguration) {
      super(configuration)
      seen.push(this)
    }
  }
}
