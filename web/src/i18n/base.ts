import { words } from './words'

/** What stands around every page: header, footer, dialogs. */
export const t = words(
  {
    skip: 'Zum Inhalt springen',
    language: 'Sprache',
    legal: 'Rechtliches und Hilfe',
    privacy: 'Datenschutz',
    accessibility: 'Barrierefreiheit',
    imprint: 'Impressum',
    help: 'Hilfe',
    areas: 'Bereiche',
    rooms: 'Räume',
    costs: 'Kosten',
    signOut: 'Abmelden',
    close: 'Schließen',
    loading: 'Einen Moment bitte …',
  },
  {
    skip: 'Skip to content',
    language: 'Language',
    legal: 'Legal information and help',
    privacy: 'Privacy',
    accessibility: 'Accessibility',
    imprint: 'Legal notice',
    help: 'Help',
    areas: 'Areas',
    rooms: 'Rooms',
    costs: 'Costs',
    signOut: 'Sign out',
    close: 'Close',
    loading: 'One moment, please …',
  },
)
