import type { Document } from './document'

export const imprint: Document = {
  de: {
    title: 'Impressum',
    lead: 'Verantwortlich für dieses Angebot: {organisation}.',
    sections: [
      {
        heading: 'Anschrift und Kontakt',
        body: [
          'Auf dieser Installation ist noch keine eigene Impressumsseite hinterlegt. Anschrift, Vertretung und Kontakt finden Sie auf der Internetseite und in der Einladung von {organisation}.',
          'Hinweis für die Betreiberin oder den Betreiber: Tragen Sie in der Konfiguration unter [organisation] die Adresse Ihres Impressums als imprint_url ein. Dann führt der Verweis unten auf jeder Seite dorthin.',
        ],
      },
      {
        heading: 'Software',
        body: ['Die Videositzungen laufen mit Weckruf, freier Software unter der EUPL 1.2.'],
      },
    ],
  },
  en: {
    title: 'Legal notice',
    lead: 'Responsible for this service: {organisation}.',
    sections: [
      {
        heading: 'Address and contact',
        body: [
          'This installation has no legal notice of its own yet. You find address, representation and contact on the website and in the invitation of {organisation}.',
          'A note for whoever runs it: enter the address of your legal notice in the configuration under [organisation] as imprint_url. The link at the foot of every page then leads there.',
        ],
      },
      {
        heading: 'Software',
        body: ['The video meetings run on Weckruf, free software under the EUPL 1.2.'],
      },
    ],
  },
}
