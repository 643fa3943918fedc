import type { ComfortAnswer } from '../api/comfort-answer.ts';
import { printable } from '../domain/printable.ts';
import { percentText, textTable } from './text-table.ts';

type Building = ComfortAnswer['buildings'][number];

const verdicts: Readonly<Record<Building['verdict'], string>> = {
  curveTooHigh:
    'all are heated for the sake of the coldest: balance its radiators, then lower the heating curve',
  unbalanced: 'flats differ: balance the radiators',
  cold: 'most are too cold: raise the heating curve, look at the plant',
  warm: 'all are warm: lower the heating curve',
  even: 'nothing to do',
  notHeated: 'too mild outdoors to judge the heating',
};
const falls = { window: 'a window stood open', heatingLost: 'not heated' } as const;

/** For people: each building with its coldest flats, at most `most` of each. */
export function comfortText({ from, to, buildings }: ComfortAnswer, most: number): string {
  const parts = buildings.map((building) => printableLines(textOf(building, most)));
  const of = `${from} to ${to}`;
  if (buildings.length === 0) return `No flat with a temperature, ${of}.\n`;
  return `${of}\n\n${parts.join('\n\n')}\n`;
}

function textOf(
  { building, flats, inBand, medianC, spreadC, verdict, coldest }: Building,
  most: number,
): string {
  const head = `${building}: ${flats} flats, ${percentText(inBand)} of the hours in the band, median ${medianC.toFixed(1)} °C, coldest to warmest ${spreadC.toFixed(1)} °C: ${verdicts[verdict]}`;
  const shown = coldest.slice(0, most);
  const table = textTable(
    [
      'flat',
      'in band',
      'cold',
      'severe',
      'warm',
      'mean °C',
      'min °C',
      'max °C',
      'compared °C',
      'dry',
      'damp',
      'CO₂',
    ],
    shown.map((flat) => [
      flat.space,
      ...[flat.inBand, flat.tooCold, flat.severelyCold, flat.tooWarm].map(percentText),
      ...[flat.meanC, flat.minC, flat.maxC, flat.correctedC].map((c) => c.toFixed(1)),
      ...[flat.tooDry, flat.tooDamp, flat.stale].map(percentText),
    ]),
  );
  const fallen = coldest.flatMap(({ space, falls: some }) =>
    some.map(
      ({ kind, from, to, fellC }) =>
        `${space}: ${falls[kind]}, ${fellC.toFixed(1)} °C down, ${from} to ${to}`,
    ),
  );
  return [head, ...(shown.length === 0 ? [] : [table]), ...fallen].join('\n');
}

/** Line by line, because the lines are ours and only what is in them is a stranger's. */
function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}
