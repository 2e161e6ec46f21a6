import type { Locator, Page } from "playwright-core";

/** The room page as a person sees it. */
export class Room {
  constructor(readonly page: Page) {}

  /** Opens the link and stands at the door. */
  async open(link: string): Promise<void> {
    await this.page.goto(link);
    await this.part("door").waitFor();
  }

  /** Says the name, switches on what is wished, and enters. */
  async enter(name: string, devices: { microphone?: boolean; camera?: boolean } = {}): Promise<void> {
    if (devices.microphone !== false) await this.switchOn("microphone");
    if (devices.camera !== false) await this.switchOn("camera");
    await this.part("name").fill(name);
    await this.part("enter").click();
  }

  async switchOn(device: "microphone" | "camera"): Promise<void> {
    await this.part(device).click();
    await this.page.locator(`[data-test=${device}][aria-pressed=true], [data-test=${device}] [aria-pressed=true]`).first().waitFor();
  }

  part(name: string): Locator {
    return this.page.locator(`[data-test=${name}]`).first();
  }

  tiles(): Locator {
    return this.page.locator("[data-test=tile]");
  }

  /** The tile that bears the name. */
  tileOf(name: string): Locator {
    return this.tiles().filter({ hasText: name }).first();
  }
}
