import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import { overflow, violations } from './accessible'
import type { Gateway } from './gateway'
import { until } from './until'

const root = join(import.meta.dirname, '../../..')

/** Where pictures of the pages go; undefined: none are taken. The gateway must not inherit the variable. */
export const screenshots = process.env.WECKRUF_SCREENSHOTS
delete process.env.WECKRUF_SCREENSHOTS

/** The sign-in link that the gateway printed last. */
export async function signInLink(gateway: Gateway): Promise<string> {
  return await until('the sign-in link is printed', () => linkIn(gateway.output))
}

/** What `bin/gateway invite` prints beside the running gateway. */
export function invite(gateway: Gateway): string {
  const environment = {
    ...process.env,
    WECKRUF_GATEWAY_DATA: gateway.data,
    WECKRUF_HTTP_PUBLIC_URL: gateway.origin,
  }
  const program = join(root, 'bin/gateway')
  const settings = join(root, 'scripts/run.toml')
  const printed = execFileSync(program, ['invite', '--config', settings], { env: environment })
  const link = linkIn(String(printed))
  if (!link) throw new Error(`no link in: ${printed}`)
  return link
}

function linkIn(text: string): string | undefined {
  return [...text.matchAll(/http:\/\/\S+\/signin#\S+/g)].at(-1)?.[0]
}

const looks = [
  { width: 1280, height: 900, colorScheme: 'light', language: 'de' },
  { width: 390, height: 844, colorScheme: 'light', language: 'en' },
  { width: 1280, height: 900, colorScheme: 'dark', language: 'en' },
  { width: 390, height: 844, colorScheme: 'dark', language: 'de' },
] as const

/** The organiser's pages as a person sees them. */
export class Organiser {
  /** What the browser complained about; answers that are errors by design are not among it. */
  readonly complaints: string[] = []
  /** Every address that the page asked for. */
  readonly requests: string[] = []

  constructor(readonly page: Page) {
    page.on('pageerror', (error) => this.complaints.push(String(error)))
    page.on('console', (message) => {
      const answer = message.text().startsWith('Failed to load resource')
      if (message.type() === 'error' && !answer) this.complaints.push(message.text())
    })
    page.on('request', (request) => this.requests.push(request.url()))
    page.on('websocket', (socket) => this.requests.push(socket.url()))
  }

  part(name: string): Locator {
    return this.page.locator(`[data-test=${name}]`).first()
  }

  /** The card of the room with this title. */
  room(title: string): Locator {
    return this.page.locator('[data-test=room]').filter({ hasText: title })
  }

  async signIn(link: string): Promise<void> {
    await this.page.goto(link)
    await this.part('signin').click()
    await this.part('organise').waitFor()
  }

  /** Asks the gateway with the page's cookie. */
  async ask<T>(path: string): Promise<T> {
    return await this.page.evaluate(async (p) => await (await fetch(p)).json(), path)
  }

  /** Switches the language behind whatever is open. */
  async speak(language: 'de' | 'en'): Promise<void> {
    const button = this.page.locator(`[data-test=language-${language}]`).first()
    await button.evaluate((element) => (element as HTMLElement).click())
    await this.page.locator(`html[lang=${language}]`).waitFor()
  }

  /** What is on the screen can be used by everybody, in every size, language and light. */
  async inspect(what: string): Promise<void> {
    for (const { width, height, colorScheme, language } of looks) {
      const look = `${what} (${width} px, ${colorScheme}, ${language})`
      await this.page.setViewportSize({ width, height })
      await this.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await this.speak(language)
      expect(await violations(this.page), look).toEqual([])
    }
    for (const language of ['en', 'de'] as const) {
      await this.speak(language)
      await this.page.setViewportSize({ width: 320, height: 640 })
      const look = `${what} scrolls sideways at 320 px (${language})`
      expect(await overflow(this.page), look).toBeLessThanOrEqual(0)
    }
    await this.page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
    await this.page.setViewportSize({ width: 1280, height: 900 })
  }

  /** Presses Tab until the part has the focus. */
  async tabTo(name: string): Promise<void> {
    for (let i = 0; i < 80; i++) {
      await this.page.keyboard.press('Tab')
      if ((await this.focused()) === name) return
    }
    throw new Error(`the keyboard does not reach ${name}`)
  }

  /** The name of the part that has the focus. */
  async focused(): Promise<string | undefined> {
    return await this.page.evaluate(() => {
      let at = document.activeElement
      while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement
      return at?.getAttribute('data-test') ?? undefined
    })
  }
}

/** Fills the store of a gateway that does not run with the rooms and the bill of a small town. */
export function fillMonth(gateway: Gateway): void {
  const program = './gateway/internal/store/storetest/month'
  execFileSync('go', ['run', program, join(gateway.data, 'weckruf.db')], { cwd: root })
}
