import type { Document } from './document'

/** The notice of Art. 13 GDPR as far as the software can give it; what only the organisation knows is named as such. */
export const privacy: Document = {
  de: {
    title: 'Datenschutz',
    lead: 'Für eine Sitzung brauchen wir sehr wenig von Ihnen: den Namen, den Sie selbst eintragen, und Ihr Bild und Ihren Ton, solange Sie dabei sind. Es gibt kein Konto, keine Werbung und keine Auswertung.',
    sections: [
      {
        heading: 'Wer verantwortlich ist',
        body: [
          'Verantwortlich ist {organisation}. Kontakt und, falls benannt, die oder den Datenschutzbeauftragten finden Sie im Impressum.',
        ],
      },
      {
        heading: 'Was während einer Sitzung geschieht',
        body: [
          [
            'Ihr Name, so wie Sie ihn eintragen: Er wird den anderen in der Sitzung angezeigt. Er steht nur im Arbeitsspeicher und wird mit dem Ende der Sitzung vergessen.',
            'Bild und Ton: Sie werden verschlüsselt zum Server übertragen und von dort an die anderen weitergegeben. Sie werden nicht aufgezeichnet und nicht gespeichert. Mikrofon und Kamera sind aus, bis Sie sie einschalten.',
            'Ihre Internetadresse: Ohne sie kommen Bild und Ton nicht bei Ihnen an. Sie wird weder gespeichert noch protokolliert, und die anderen Teilnehmenden erfahren sie nicht.',
            'Schutz vor dem Erraten von Links: Dafür wird aus der Internetadresse ein Prüfwert gebildet, der sich täglich ändert und aus dem sich die Adresse nicht ablesen lässt.',
          ],
        ],
      },
      {
        heading: 'Was Ihr Browser sich merkt',
        body: [
          'Für Teilnehmende gibt es keine Cookies. Gespeichert wird nur, was die Sitzung braucht:',
          [
            'weckruf.room im Sitzungsspeicher dieses Tabs: Ihr Name, Ihr Platz im Raum, ob Mikrofon und Kamera an waren und wann das zuletzt so war, damit Sie nach dem Neuladen nicht von vorn beginnen. Beim Schließen des Tabs ist das weg.',
            'weckruf.language im Browserspeicher: die Sprache, aber nur, wenn Sie sie selbst umschalten.',
            'weckruf als Cookie: nur bei Personen, die Sitzungen organisieren und sich dafür angemeldet haben, für höchstens 14 Tage.',
          ],
          'Das ist unbedingt erforderlich im Sinne von § 25 Absatz 2 TDDDG; eine Einwilligung ist dafür nicht nötig.',
        ],
      },
      {
        heading: 'Was länger aufgehoben wird',
        body: [
          [
            'Räume mit Namen, Termin und Einstellungen, bis sie gelöscht werden.',
            'Wer eingelassen oder entfernt wurde, als zufällige Nummer ohne Namen.',
            'Kosten: Organisation, Raum, Minuten und Euro, nie Personen.',
            'Technische Protokolle ohne Namen, ohne Internetadressen und ohne Links.',
          ],
        ],
      },
      {
        heading: 'Wer Daten bekommt',
        body: [
          'Jede Seite spricht nur mit dieser einen Adresse. Es gibt keine Dienste Dritter, keine fremden Schriften, keine Zählung. Der Server für Bild und Ton wird bei einem Anbieter gemietet und nur eingeschaltet, wenn jemand da ist. Wer dieser Anbieter ist und wo seine Server stehen, sagt Ihnen {organisation}.',
        ],
      },
      {
        heading: 'Warum und wie lange',
        body: [
          'Zweck ist die Durchführung der Sitzung. Die Rechtsgrundlage hängt davon ab, wer einlädt: bei Gemeinden meist Artikel 6 Absatz 1 Buchstabe e DSGVO, bei Vereinen und Betrieben Buchstabe b oder f. Welche hier gilt, sagt Ihnen {organisation}. Einen Namen müssen Sie nennen, damit die anderen wissen, wer spricht; Bild und Ton sind freiwillig, soweit Ihr Amt nichts anderes verlangt.',
        ],
      },
      {
        heading: 'Ihre Rechte',
        body: [
          'Sie haben das Recht auf Auskunft, Berichtigung, Löschung, Einschränkung und Widerspruch, und Sie können sich bei der Datenschutzaufsicht Ihres Landes beschweren. Wenden Sie sich dafür an {organisation}. Automatische Entscheidungen über Personen gibt es nicht.',
        ],
      },
    ],
  },
  en: {
    title: 'Privacy',
    lead: 'For a session we need very little from you: the name you enter yourself, and your picture and sound while you take part. There is no account, no advertising and no analysis.',
    sections: [
      {
        heading: 'Who is responsible',
        body: [
          'Responsible is {organisation}. You find contact details and, if there is one, the data protection officer in the legal notice.',
        ],
      },
      {
        heading: 'What happens during a session',
        body: [
          [
            'Your name, as you enter it: it is shown to the others in the session. It is held in memory only and forgotten when the session ends.',
            'Picture and sound: they are sent to the server encrypted and passed on to the others from there. They are neither recorded nor stored. Microphone and camera are off until you switch them on.',
            'Your internet address: without it, picture and sound would not reach you. It is neither stored nor logged, and the other participants do not learn it.',
            'Protection against guessing links: for this a check value is made from the internet address. It changes daily, and the address cannot be read from it.',
          ],
        ],
      },
      {
        heading: 'What your browser remembers',
        body: [
          'There are no cookies for participants. Only what the session needs is stored:',
          [
            'weckruf.room in this tab’s session storage: your name, your place in the room, whether microphone and camera were on and when that was last so, so that you do not start over after a reload. It is gone when the tab is closed.',
            'weckruf.language in the browser’s storage: the language, but only if you switch it yourself.',
            'weckruf as a cookie: only for people who organise sessions and have signed in for that, for 14 days at most.',
          ],
          'This is strictly necessary within the meaning of § 25 (2) TDDDG; it needs no consent.',
        ],
      },
      {
        heading: 'What is kept for longer',
        body: [
          [
            'Rooms with their name, date and settings, until they are deleted.',
            'Who was admitted or removed, as a random number without a name.',
            'Costs: organisation, room, minutes and euro, never people.',
            'Technical logs without names, without internet addresses and without links.',
          ],
        ],
      },
      {
        heading: 'Who receives data',
        body: [
          'Every page talks to this one address only. There are no third-party services, no fonts from elsewhere, no counting. The server for picture and sound is rented from a provider and switched on only while somebody is there. {organisation} will tell you who that provider is and where its servers stand.',
        ],
      },
      {
        heading: 'Why and for how long',
        body: [
          'The purpose is to hold the session. The legal basis depends on who invites you: for municipalities usually Article 6 (1) (e) GDPR, for associations and firms (b) or (f). {organisation} will tell you which applies here. You have to give a name so that the others know who is speaking; picture and sound are voluntary unless your office requires otherwise.',
        ],
      },
      {
        heading: 'Your rights',
        body: [
          'You have the right of access, rectification, erasure, restriction and objection, and you can complain to the data protection authority of your state. Please turn to {organisation} for this. There are no automated decisions about people.',
        ],
      },
    ],
  },
}
