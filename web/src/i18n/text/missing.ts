import type { Document } from './document'

export const missing: Document = {
  de: {
    title: 'Diese Seite gibt es nicht',
    lead: 'Vielleicht fehlt ein Stück der Adresse. Öffnen Sie bitte noch einmal den ganzen Link aus Ihrer Einladung.',
    sections: [],
    onward: { text: 'Zur Startseite', href: '/' },
  },
  en: {
    title: 'This page does not exist',
    lead: 'Perhaps a part of the address is missing. Please open the whole link from your invitation once more.',
    sections: [],
    onward: { text: 'To the start page', href: '/' },
  },
}
