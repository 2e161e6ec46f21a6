import { accessibility } from './accessibility'
import type { Document } from './document'
import { help } from './help'
import { imprint } from './imprint'
import { missing } from './missing'
import { privacy } from './privacy'

export type { Document, Section, Text } from './document'

/** The text pages by their address. */
export const documents: Readonly<Record<string, Document>> = {
  '/impressum': imprint,
  '/datenschutz': privacy,
  '/barrierefreiheit': accessibility,
  '/hilfe': help,
}

/** The page at an address; what does not exist says so. */
export function documentAt(path: string): Document {
  return documents[path] ?? missing
}
