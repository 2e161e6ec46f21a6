import { words } from './words'

/** The landing page at "/". */
export const t = words(
  {
    title: 'Weckruf',
    heading: 'Videositzungen, die nur laufen, wenn jemand da ist',
    lead: 'Sie sind zu einer Sitzung eingeladen? Dann öffnen Sie bitte den ganzen Link aus Ihrer Einladung. Diese Seite allein führt noch in keinen Raum.',
    how: 'So geht es',
    one: 'Link öffnen',
    oneText: 'Der Link steht in der Einladung, im Kalender oder im Brief. Ein Konto brauchen Sie nicht.',
    two: 'Bild und Ton prüfen',
    twoText: 'Sie sehen sich selbst und stellen Mikrofon und Kamera ein. Noch sieht und hört Sie niemand.',
    three: 'Eintreten',
    threeText: 'Der Raum wird für Sie geöffnet. Das dauert beim ersten Mal einige Sekunden.',
    organiser: 'Sie organisieren Sitzungen?',
    organiserLink: 'Zu den Räumen',
    help: 'Es klappt nicht?',
    helpLink: 'Zur Hilfe',
  },
  {
    title: 'Weckruf',
    heading: 'Video meetings that run only while somebody is there',
    lead: 'Have you been invited to a session? Then please open the whole link from your invitation. This page alone does not lead into a room.',
    how: 'How it works',
    one: 'Open the link',
    oneText: 'It stands in the invitation, the calendar or the letter. You need no account.',
    two: 'Check picture and sound',
    twoText: 'You see yourself and set up microphone and camera. Nobody sees or hears you yet.',
    three: 'Enter',
    threeText: 'The room is opened for you. For the first to come that takes some seconds.',
    organiser: 'Do you organise sessions?',
    organiserLink: 'Go to the rooms',
    help: 'It does not work?',
    helpLink: 'Get help',
  },
)
