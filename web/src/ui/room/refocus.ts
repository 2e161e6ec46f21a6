import type { LitElement, ReactiveController } from 'lit'

/** Where the focus was, and which rows followed then. */
export interface Trace {
  readonly at: Element
  readonly followers: readonly Element[]
}

/** Remembers where the focus is, before it may be taken away. */
export function trace(at: Element | null | undefined, rows: string): Trace | undefined {
  if (!at) return undefined
  const followers: Element[] = []
  for (let next = at.closest(rows)?.nextElementSibling; next; next = next.nextElementSibling)
    if (next.matches(rows)) followers.push(next)
  return { at, followers }
}

/** Where the focus goes when what had it is gone: the same button of the next row, else the heading. */
export function successor(
  { at, followers }: Trace,
  heading: (selector: string) => HTMLElement | null,
  headings: readonly string[],
): HTMLElement | undefined {
  if (at.isConnected) return undefined
  const row = followers.find((each) => each.isConnected)
  const same = `button[data-test="${at.getAttribute('data-test')}"]`
  const button = row?.querySelector<HTMLElement>(same) ?? row?.querySelector('button')
  if (button) return button
  for (const each of headings) {
    const found = heading(each)
    if (found) return found
  }
  return undefined
}

/** Keeps the focus of a keyboard in a list whose rows go away when they are dealt with. */
export class Refocus implements ReactiveController {
  private last: Trace | undefined

  constructor(
    private readonly host: LitElement,
    private readonly rows: string,
    private readonly headings: readonly string[],
  ) {
    host.addController(this)
  }

  hostUpdate(): void {
    this.last = trace(this.host.shadowRoot?.activeElement, this.rows)
  }

  hostUpdated(): void {
    if (!this.last) return
    const find = (selector: string) => this.host.renderRoot.querySelector<HTMLElement>(selector)
    successor(this.last, find, this.headings)?.focus()
    this.last = undefined
  }
}
