import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { launch, type Page } from 'puppeteer-core'

const executable = ['/usr/lib/firefox-esr/firefox-esr', '/usr/bin/firefox-esr'].find(existsSync) ?? 'firefox'

/** The room page in Firefox, as a person sees it. Camera and microphone are the browser's own fakes. */
export class FirefoxRoom {
  private constructor(
    readonly page: Page,
    private readonly end: () => Promise<void>,
  ) {}

  static async start(): Promise<FirefoxRoom> {
    const folder = mkdtempSync(join(tmpdir(), 'weckruf-firefox-'))
    const browser = await launch({
      browser: 'firefox',
      executablePath: executable,
      headless: true,
      userDataDir: folder,
      extraPrefsFirefox: {
        'media.navigator.streams.fake': true,
        'media.navigator.permission.disabled': true,
        'media.peerconnection.ice.loopback': true,
        'media.autoplay.default': 0,
        'intl.accept_languages': 'de-DE, de',
      },
    })
    const page = await browser.newPage()
    await page.evaluateOnNewDocument(rememberConnections)
    return new FirefoxRoom(page, async () => {
      await browser.close()
      rmSync(folder, { recursive: true, force: true })
    })
  }

  /** Opens the link and enters with camera and microphone. */
  async enter(link: string, name: string): Promise<void> {
    await this.page.goto(link)
    for (const device of ['microphone', 'camera']) {
      await this.press(device)
      await this.shows(`[data-test=${device}][aria-pressed=true]`)
    }
    await this.page.locator('>>> [data-test=name]').fill(name)
    await this.press('enter')
  }

  async press(part: string): Promise<void> {
    await this.page.locator(`>>> [data-test=${part}]`).click()
  }

  /** Waits until something like this is on the page. */
  async shows(selector: string): Promise<void> {
    await this.page.waitForSelector(`>>> ${selector}`)
  }

  /** How much came in on all connections: frames decoded, and packets of sound. */
  async received(): Promise<{ frames: number; soundPackets: number }> {
    return await this.page.evaluate(async () => {
      const sum = { frames: 0, soundPackets: 0 }
      for (const connection of window.seenConnections.filter((c) => c.connectionState === 'connected')) {
        for (const report of (await connection.getStats()).values()) {
          if (report.type !== 'inbound-rtp') continue
          sum.frames += report.framesDecoded ?? 0
          if (report.kind === 'audio') sum.soundPackets += report.packetsReceived ?? 0
        }
      }
      return sum
    })
  }

  /** Where the media of the connection that stands comes from. */
  async mediaAddress(): Promise<string> {
    return await this.page.evaluate(async () => {
      for (const connection of window.seenConnections.filter((c) => c.connectionState === 'connected')) {
        const reports = [...(await connection.getStats()).values()]
        const pair = reports.find((each) => each.type === 'candidate-pair' && each.selected)
        const remote = reports.find((each) => each.id === pair?.remoteCandidateId)
        if (remote?.address) return String(remote.address)
      }
      return ''
    })
  }

  async close(): Promise<void> {
    await this.end()
  }
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
