/** The languages every page speaks; German comes first and is the one used when nothing else is known. */
export const languages = ['de', 'en'] as const
export type Language = (typeof languages)[number]

/** The name under which a deliberate choice is kept in localStorage (documented in the privacy notice). */
export const storageKey = 'weckruf.language'

function known(value: string | null | undefined): Language | undefined {
  return languages.find((language) => language === value)
}

/** Picks the language: what the address asks for, else what was chosen before, else what the browser prefers. */
export function choose(asked: string | null, kept: string | null, preferred: readonly string[]): Language {
  const first = preferred.map((tag) => known(tag.slice(0, 2).toLowerCase())).find((language) => language)
  return known(asked) ?? known(kept) ?? first ?? 'de'
}

function kept(): string | null {
  try {
    return localStorage.getItem(storageKey)
  } catch {
    return null // storage is switched off: the choice then lasts for this page
  }
}

function detect(): Language {
  if (typeof location === 'undefined') return 'de'
  return choose(new URLSearchParams(location.search).get('lang'), kept(), navigator.languages)
}

let current: Language = detect()
const listeners = new Set<() => void>()

/** The language in use now. */
export function language(): Language {
  return current
}

/** Switches the language of the whole page at once, keeps the choice, and leaves the fragment alone. */
export function setLanguage(next: Language): void {
  current = next
  try {
    localStorage.setItem(storageKey, next)
  } catch {
    // Storage is switched off: the choice then lasts for this page.
  }
  dropQuery()
  mark()
  for (const listener of listeners) listener()
}

// A ?lang in the address would win over the choice at the next load.
function dropQuery(): void {
  const url = new URL(location.href)
  if (!url.searchParams.has('lang')) return
  url.searchParams.delete('lang')
  history.replaceState(history.state, '', url)
}

/** Tells the document its language, for screen readers and hyphenation. */
export function mark(): void {
  document.documentElement.lang = current
}

/** Calls listener after every switch; the result ends that. */
export function onLanguage(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
