/** What an installation says about itself. An empty address means: the page that comes with Weckruf. */
export interface Settings {
  readonly organisation: string
  readonly imprint_url: string
  readonly privacy_url: string
  readonly accessibility_url: string
}

const unknown: Settings = { organisation: 'Weckruf', imprint_url: '', privacy_url: '', accessibility_url: '' }

let asked: Promise<Settings> | undefined

async function ask(): Promise<Settings> {
  try {
    const answer = await fetch('/api/v1/settings')
    if (!answer.ok) return unknown
    return { ...unknown, ...((await answer.json()) as Partial<Settings>) }
  } catch {
    return unknown // the gateway is away; the page itself says so
  }
}

/** Asks once a page load; never fails. */
export function settings(): Promise<Settings> {
  asked ??= ask()
  return asked
}
