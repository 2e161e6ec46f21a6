import type { Language } from '../language'

/** A part of a text page. A list of strings inside the body becomes a bulleted list. */
export interface Section {
  readonly heading: string
  readonly body: readonly (string | readonly string[])[]
}

/** A text page in one language; `{organisation}` stands for the organisation's name. */
export interface Text {
  readonly title: string
  readonly lead: string
  readonly sections: readonly Section[]
  /** A link at the end: its words and where it leads. */
  readonly onward?: { readonly text: string; readonly href: string }
}

export type Document = Readonly<Record<Language, Text>>
