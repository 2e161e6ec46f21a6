import type { Document } from './document'

export const accessibility: Document = {
  de: {
    title: 'Barrierefreiheit',
    lead: 'Alle sollen an einer Sitzung teilnehmen können. Diese Seiten richten sich nach EN 301 549, WCAG 2.2 (Stufe AA) und der BITV 2.0.',
    sections: [
      {
        heading: 'Was geht',
        body: [
          [
            'Alles lässt sich allein mit der Tastatur bedienen, und man sieht, wo man ist.',
            'Schalter sagen ihren Zustand, auch Vorleseprogrammen.',
            'Die Schrift lässt sich auf 200 % vergrößern; schmale Bildschirme ab 320 Pixeln genügen.',
            'Es gibt eine helle und eine dunkle Ansicht, je nach Einstellung Ihres Geräts. Wer Bewegungen abgeschaltet hat, sieht keine.',
            'Deutsch und Englisch, in kurzen Sätzen.',
          ],
        ],
      },
      {
        heading: 'Was noch nicht geht',
        body: [
          [
            'Es gibt noch keine Untertitel.',
            'Eine Dolmetscherin oder ein Dolmetscher lässt sich noch nicht fest anheften.',
            'Die Seiten werden bei jeder Änderung automatisch geprüft. Eine Prüfung mit Vorleseprogrammen durch Menschen, die sie täglich nutzen, steht noch aus.',
          ],
          'Die Seiten sind damit teilweise vereinbar mit den genannten Anforderungen.',
        ],
      },
      {
        heading: 'Etwas stört Sie?',
        body: [
          'Bitte sagen Sie es {organisation}; den Kontakt finden Sie im Impressum. Bekommen Sie von einer öffentlichen Stelle keine befriedigende Antwort, können Sie sich an die Schlichtungsstelle oder die Überwachungsstelle Ihres Landes wenden.',
        ],
      },
    ],
    onward: { text: 'Zum Impressum', href: 'imprint' },
  },
  en: {
    title: 'Accessibility',
    lead: 'Everybody shall be able to take part in a session. These pages follow EN 301 549, WCAG 2.2 (level AA) and the German BITV 2.0.',
    sections: [
      {
        heading: 'What works',
        body: [
          [
            'Everything can be used with the keyboard alone, and one sees where one is.',
            'Switches tell their state, to screen readers too.',
            'Text can be enlarged to 200 %; narrow screens from 320 pixels are enough.',
            'There is a light and a dark view, as set on your device. Those who have switched off motion see none.',
            'German and English, in short sentences.',
          ],
        ],
      },
      {
        heading: 'What does not work yet',
        body: [
          [
            'There are no captions yet.',
            'An interpreter cannot be pinned yet.',
            'The pages are checked automatically with every change. A test with screen readers by people who use them every day is still to come.',
          ],
          'The pages are therefore partially compliant with these requirements.',
        ],
      },
      {
        heading: 'Does something get in your way?',
        body: [
          'Please tell {organisation}; you find the contact in the legal notice. If a public body does not give you a satisfactory answer, you can turn to the arbitration or monitoring body of your state.',
        ],
      },
    ],
    onward: { text: 'To the legal notice', href: 'imprint' },
  },
}
