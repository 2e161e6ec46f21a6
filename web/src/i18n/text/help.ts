import type { Document } from './document'

export const help: Document = {
  de: {
    title: 'Hilfe',
    lead: 'Die meisten Schwierigkeiten sind in einer Minute behoben.',
    sections: [
      {
        heading: 'Der Link führt nicht in den Raum',
        body: [
          'Öffnen Sie den ganzen Link, auch den Teil nach dem Zeichen #. Manche E-Mail-Programme schneiden ihn ab: Dann kopieren Sie ihn bitte vollständig in die Adresszeile. Steht dort, der Link sei erneuert worden, bitten Sie um den neuen.',
        ],
      },
      {
        heading: 'Es dauert, bis der Raum offen ist',
        body: [
          'Der Server läuft nur, wenn jemand da ist. Wer als Erstes kommt, wartet einige Sekunden und sieht, wie lange noch. Sie müssen nichts tun und behalten Ihren Platz, auch wenn Sie die Seite neu laden.',
        ],
      },
      {
        heading: 'Man hört oder sieht Sie nicht',
        body: [
          [
            'Steht auf dem Knopf „Mikrofon an“ und „Kamera an“?',
            'Ihr Browser fragt einmal um Erlaubnis. Haben Sie abgelehnt, klicken Sie links in der Adresszeile auf das Schloss oder die Kamera, erlauben Sie beides und laden Sie die Seite neu.',
            'Benutzt gerade ein anderes Programm die Kamera? Dann schließen Sie es.',
            'Auch ohne Kamera und Mikrofon können Sie teilnehmen: Sie sehen und hören die anderen.',
          ],
        ],
      },
      {
        heading: 'Das Bild stockt oder die Verbindung bricht ab',
        body: [
          'Die Seite verbindet sich von selbst neu. Hilft das nicht: Gehen Sie näher an das WLAN-Gerät oder nehmen Sie ein Kabel, schließen Sie andere Programme, und schalten Sie notfalls Ihre Kamera aus. Der Ton braucht sehr wenig.',
        ],
      },
      {
        heading: 'Welche Browser gehen',
        body: [
          [
            'Chrome, Edge und andere auf Grundlage von Chromium ab Version 120',
            'Firefox ab Version 128',
            'Safari ab Version 17 auf Mac, iPhone und iPad',
          ],
          'Haben Sie den Link in einer anderen App angetippt und es geht nicht, wählen Sie dort „Im Browser öffnen“.',
        ],
      },
      {
        heading: 'Sie organisieren Sitzungen und sind nicht mehr angemeldet',
        body: [
          'Wer Weckruf bei Ihnen betreibt, erzeugt mit dem Befehl „bin/gateway invite“ einen neuen Anmeldelink. Ihre Räume und deren Links bleiben, wie sie sind.',
        ],
      },
    ],
  },
  en: {
    title: 'Help',
    lead: 'Most difficulties are solved within a minute.',
    sections: [
      {
        heading: 'The link does not lead into the room',
        body: [
          'Open the whole link, including the part after the # sign. Some mail programs cut it off: please copy it completely into the address bar. If it says the link has been renewed, ask for the new one.',
        ],
      },
      {
        heading: 'It takes a while until the room is open',
        body: [
          'The server runs only while somebody is there. Whoever comes first waits some seconds and sees how many are left. You do not have to do anything, and you keep your place even if you reload the page.',
        ],
      },
      {
        heading: 'The others do not hear or see you',
        body: [
          [
            'Do the buttons say “Microphone on” and “Camera on”?',
            'Your browser asks for permission once. If you declined, click the lock or the camera at the left of the address bar, allow both and reload the page.',
            'Is another program using the camera? Then close it.',
            'You can take part without camera and microphone too: you see and hear the others.',
          ],
        ],
      },
      {
        heading: 'The picture stutters or the connection breaks off',
        body: [
          'The page reconnects by itself. If that does not help: move closer to the Wi-Fi device or use a cable, close other programs and, if need be, switch off your camera. Sound needs very little.',
        ],
      },
      {
        heading: 'Which browsers work',
        body: [
          [
            'Chrome, Edge and others based on Chromium from version 120',
            'Firefox from version 128',
            'Safari from version 17 on Mac, iPhone and iPad',
          ],
          'If you tapped the link inside another app and it does not work, choose “Open in browser” there.',
        ],
      },
      {
        heading: 'You organise sessions and are no longer signed in',
        body: [
          'Whoever runs Weckruf for you makes a new sign-in link with the command “bin/gateway invite”. Your rooms and their links stay as they are.',
        ],
      },
    ],
  },
}
