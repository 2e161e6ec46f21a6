import { words } from './words'

/** The sign-in page. */
export const t = words(
  {
    title: 'Anmelden',
    heading: 'Willkommen',
    text: 'Hier planen Sie Sitzungen und sehen, was sie kosten. Mit dem Knopf melden Sie sich auf diesem Gerät an.',
    once: 'Ihr Link gilt einmal. Danach bleiben Sie auf diesem Gerät 14 Tage angemeldet, oder bis Sie sich abmelden.',
    act: 'Anmelden',
    acting: 'Sie werden angemeldet …',
    spentTitle: 'Dieser Anmeldelink gilt nicht mehr',
    spentText:
      'Er wurde schon einmal benutzt oder ist älter als 24 Stunden. Ihre Räume und Links sind davon nicht betroffen.',
    newLink:
      'So bekommen Sie einen neuen: Wer Weckruf bei Ihnen betreibt, gibt auf dem Server diesen Befehl ein und schickt Ihnen den Link.',
    missingTitle: 'Hier fehlt der Anmeldelink',
    missingText: 'Bitte öffnen Sie den ganzen Link, den Sie bekommen haben. Er ist länger als diese Adresse.',
    insideTitle: 'Sie sind angemeldet',
    insideText: 'Sie müssen nichts weiter tun.',
    go: 'Zu den Räumen',
  },
  {
    title: 'Sign in',
    heading: 'Welcome',
    text: 'Here you plan sessions and see what they cost. The button signs you in on this device.',
    once: 'Your link works once. You then stay signed in on this device for 14 days, or until you sign out.',
    act: 'Sign in',
    acting: 'Signing you in …',
    spentTitle: 'This sign-in link is no longer valid',
    spentText: 'It has been used before or is older than 24 hours. Your rooms and links are not affected.',
    newLink:
      'How to get a new one: whoever runs Weckruf for you enters this command on the server and sends you the link.',
    missingTitle: 'The sign-in link is missing here',
    missingText: 'Please open the whole link you were given. It is longer than this address.',
    insideTitle: 'You are signed in',
    insideText: 'There is nothing more you have to do.',
    go: 'Go to the rooms',
  },
)
