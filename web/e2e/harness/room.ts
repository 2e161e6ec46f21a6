import type { Locator, Page } from 'playwright-core'

export type Language = 'de' | 'en'

/** The room page as a person sees it. */
export class Room {
  constructor(readonly page: Page) {}

  /** Opens the link and stands at the door. */
  async open(link: string): Promise<void> {
    await this.page.goto(link)
    await this.part('door').waitFor()
  }

  /** Says the name, switches on what is wished, and enters. */
  async enter(name: string, devices: { microphone?: boolean; camera?: boolean } = {}): Promise<void> {
    if (devices.microphone !== false) await this.switchOn('microphone')
    if (devices.camera !== false) await this.switchOn('camera')
    await this.part('name').fill(name)
    await this.part('enter').click()
  }

  /** Enters with neither camera nor microphone. */
  async enterQuietly(name: string): Promise<void> {
    await this.enter(name, { microphone: false, camera: false })
  }

  async switchOn(device: 'microphone' | 'camera'): Promise<void> {
    await this.part(device).click()
    await this.page
      .locator(`[data-test=${device}][aria-pressed=true], [data-test=${device}] [aria-pressed=true]`)
      .first()
      .waitFor()
  }

  part(name: string): Locator {
    return this.page.locator(`[data-test=${name}]`).first()
  }

  /** The page that says one thing, for this reason. */
  ending(reason: string): Locator {
    return this.page.locator(`[data-test=reason][data-reason=${reason}]`)
  }

  /** Presses the button of a language, wherever it stands. */
  async speak(language: Language): Promise<void> {
    await this.page
      .locator(`[data-test=language-${language}]:visible, [data-test=footer-language-${language}]:visible`)
      .click()
  }

  tiles(): Locator {
    return this.page.locator('[data-test=tile]')
  }

  /** The tile that bears the name. */
  tileOf(name: string): Locator {
    return this.tiles().filter({ hasText: name }).first()
  }
}

/** The link as it opens the page in a language. */
export function linkIn(language: Language, link: string): string {
  return link.replace('#', `?lang=${language}#`)
}
