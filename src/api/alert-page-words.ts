import type { Outcome } from '../alerts/acts.ts';
import type { Language } from '../delivery/settings.ts';

/** What the page of an alert says beside the alert. */
export type PageWords = {
  readonly goesOn: string;
  readonly over: string;
  readonly since: string;
  readonly renewed: string;
  readonly to: string;
  readonly building: string;
  readonly space: string;
  readonly device: string;
  readonly measured: string;
  readonly expected: string;
  readonly sure: string;
  readonly held: string;
  readonly heldBack: string;
  readonly all: string;
  readonly acknowledged: string;
  readonly until: string;
  readonly outcome: string;
  readonly outcomes: Readonly<Record<Outcome['outcome'], string>>;
  readonly takeOn: string;
  readonly takeOnWhy: string;
  readonly wasRight: string;
  readonly silence: string;
  readonly silenceWhy: string;
  readonly endSilence: string;
  readonly endSilenceWhy: string;
  readonly by: string;
  readonly note: string;
  readonly reason: string;
  readonly send: string;
  readonly where: string;
  readonly howLong: string;
  readonly back: string;
  readonly noSuch: string;
  readonly fromElsewhere: string;
  readonly fillIn: string;
  readonly overMeanwhile: string;
  /** Before a name. */
  readonly takenMeanwhile: string;
  readonly notTaken: string;
  readonly spans: Readonly<Record<SpanName, string>>;
};

export const spans = { untilOver: undefined, h4: 4, d1: 24, d7: 168 } as const;
export type SpanName = keyof typeof spans;

export const pageWords: Readonly<Record<Language, PageWords>> = {
  en: {
    goesOn: 'Going on',
    over: 'Over',
    since: 'Since',
    renewed: 'Told anew',
    to: 'to',
    building: 'Building',
    space: 'Space',
    device: 'Device',
    measured: 'Measured',
    expected: 'Expected',
    sure: 'How sure',
    held: 'Held back by a silence or by another alert that explains it: nobody is told of it.',
    heldBack: 'Held back by silences and by what explains it',
    all: 'All that goes on',
    acknowledged: 'Taken on by',
    until: 'until',
    outcome: 'Said to be',
    outcomes: { true: 'right', false: 'a false alarm', unknown: 'not known' },
    takeOn: 'Take it on',
    takeOnWhy: 'Nobody else is called for it.',
    wasRight: 'Was it right?',
    silence: 'Work is going on',
    silenceWhy: 'What begins here is shown, and told only if it still goes on afterwards.',
    endSilence: 'The work is done',
    endSilenceWhy: 'What still goes on is told then.',
    by: 'Your name',
    note: 'Note',
    reason: 'What is done',
    send: 'Send',
    where: 'Where',
    howLong: 'How long',
    back: 'Back to the alert',
    noSuch: 'There is no such alert: it is forgotten, or the address is not whole.',
    fromElsewhere: 'This came from another page: open the alert and send it from there.',
    fillIn: 'Nothing was sent: your name is missing, or what is done or was.',
    overMeanwhile:
      'The alert is over by now: there is nothing to take on. You can still say whether it was right.',
    takenMeanwhile: 'It was taken on meanwhile by',
    notTaken: 'This could not be taken. Open the alert and try again, with less text.',
    spans: { untilOver: 'until it is over', h4: '4 hours', d1: '1 day', d7: '7 days' },
  },
  sv: {
    goesOn: 'Pågår',
    over: 'Över',
    since: 'Sedan',
    renewed: 'Sagt på nytt',
    to: 'till',
    building: 'Byggnad',
    space: 'Utrymme',
    device: 'Givare',
    measured: 'Uppmätt',
    expected: 'Väntat',
    sure: 'Hur säkert',
    held: 'Hålls tillbaka av pågående arbete eller av ett annat larm som förklarar det: ingen får meddelande om det.',
    heldBack: 'Hålls tillbaka av pågående arbete och av det som förklarar det',
    all: 'Allt som pågår',
    acknowledged: 'Kvitterat av',
    until: 'till',
    outcome: 'Bedömt som',
    outcomes: { true: 'rätt', false: 'falskt larm', unknown: 'okänt' },
    takeOn: 'Kvittera',
    takeOnWhy: 'Ingen annan kallas för det.',
    wasRight: 'Var larmet rätt?',
    silence: 'Arbete pågår',
    silenceWhy: 'Det som börjar här visas, men meddelas bara om det fortfarande pågår efteråt.',
    endSilence: 'Arbetet är klart',
    endSilenceWhy: 'Det som fortfarande pågår meddelas då.',
    by: 'Ditt namn',
    note: 'Anteckning',
    reason: 'Vad som görs',
    send: 'Skicka',
    where: 'Var',
    howLong: 'Hur länge',
    back: 'Tillbaka till larmet',
    noSuch: 'Larmet finns inte: det är bortglömt, eller så är adressen inte hel.',
    fromElsewhere: 'Detta kom från en annan sida: öppna larmet och skicka därifrån.',
    fillIn: 'Inget skickades: ditt namn saknas, eller vad som görs eller var.',
    overMeanwhile: 'Larmet är över nu: det behöver inte kvitteras. Du kan fortfarande säga om det var rätt.',
    takenMeanwhile: 'Larmet är redan kvitterat av',
    notTaken: 'Detta kunde inte tas emot. Öppna larmet och försök igen, med mindre text.',
    spans: { untilOver: 'tills det är över', h4: '4 timmar', d1: '1 dygn', d7: '7 dygn' },
  },
};
