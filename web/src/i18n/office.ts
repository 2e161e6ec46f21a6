import { words } from './words'

/** What both office pages say: faults, signing in again, trying again. */
export const t = words(
  {
    away: 'Weckruf antwortet gerade nicht. Prüfen Sie Ihre Internetverbindung. Wir versuchen es von selbst weiter.',
    signed_out: 'Sie sind nicht mehr angemeldet.',
    not_found: 'Das gibt es nicht mehr. Vielleicht hat es jemand anders gerade gelöscht.',
    malformed: 'Diese Angaben kann Weckruf nicht annehmen. Bitte prüfen Sie sie.',
    too_large: 'Das ist zu viel auf einmal. Bitte kürzen Sie Ihre Angaben.',
    too_fast:
      'Das ging zu schnell hintereinander. Bitte warten Sie einen Moment und versuchen Sie es noch einmal.',
    wrong_origin:
      'Diese Seite wurde unter einer anderen Adresse geöffnet, als Weckruf sie kennt. Bitte öffnen Sie sie über Ihren Anmeldelink.',
    in_use: 'Es sind noch Personen im Raum. Das geht erst, wenn alle gegangen sind.',
    conflict: 'Inzwischen hat sich etwas geändert. Sehen Sie bitte nach und versuchen Sie es noch einmal.',
    wake_limit:
      'Der Server wurde in dieser Stunde schon so oft gestartet, wie erlaubt ist. Bitte warten Sie etwas.',
    over_budget:
      'Das Budget dieses Monats ist aufgebraucht. Wer Weckruf bei Ihnen betreibt, kann es erhöhen.',
    no_machine:
      'Der Anbieter hat gerade keinen freien Server. Bitte versuchen Sie es in einigen Minuten noch einmal.',
    unavailable: 'Das geht gerade nicht. Bitte versuchen Sie es in einer Minute noch einmal.',
    internal:
      'Bei uns ist etwas schiefgegangen. Ihre Angaben sind noch da. Bitte versuchen Sie es noch einmal.',
    brokenTitle: 'Die Seite lässt sich gerade nicht laden',
    retry: 'Noch einmal versuchen',
    stale: 'Keine Verbindung. Sie sehen den letzten bekannten Stand; er wird von selbst wieder aktuell.',
    signedOutTitle: 'Bitte melden Sie sich an',
    signedOutText: 'Diese Seite ist nur für die Organisation. Öffnen Sie dazu Ihren Anmeldelink.',
    signedOutHow:
      'Sie haben keinen, oder er gilt nicht mehr? Wer Weckruf bei Ihnen betreibt, erzeugt in wenigen Sekunden einen neuen. Dieser Befehl auf dem Server gibt ihn aus:',
    signedOutOnce: 'Jeder Anmeldelink gilt 24 Stunden und einmal.',
    cancel: 'Abbrechen',
  },
  {
    away: 'Weckruf does not answer at the moment. Please check your internet connection. We keep trying.',
    signed_out: 'You are no longer signed in.',
    not_found: 'This no longer exists. Perhaps somebody else has just deleted it.',
    malformed: 'Weckruf cannot accept these details. Please check them.',
    too_large: 'That is too much at once. Please shorten your entries.',
    too_fast: 'That was too quick. Please wait a moment and try again.',
    wrong_origin:
      'This page was opened under a different address from the one Weckruf knows. Please open it with your sign-in link.',
    in_use: 'There are still people in the room. This is possible once everybody has left.',
    conflict: 'Something has changed in the meantime. Please have a look and try again.',
    wake_limit: 'The server has been started as often as is allowed in this hour. Please wait a little.',
    over_budget: 'This month’s budget is used up. Whoever runs Weckruf for you can raise it.',
    no_machine: 'The provider has no free server at the moment. Please try again in a few minutes.',
    unavailable: 'This is not possible right now. Please try again in a minute.',
    internal: 'Something went wrong on our side. Your entries are still there. Please try again.',
    brokenTitle: 'The page cannot be loaded right now',
    retry: 'Try again',
    stale: 'No connection. You see the last known state; it will update by itself.',
    signedOutTitle: 'Please sign in',
    signedOutText: 'This page is for organisers only. Open it with your sign-in link.',
    signedOutHow:
      'You have none, or it is no longer valid? Whoever runs Weckruf for you makes a new one within seconds. This command on the server prints it:',
    signedOutOnce: 'Each sign-in link is valid for 24 hours and once.',
    cancel: 'Cancel',
  },
)
