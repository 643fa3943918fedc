import { z } from 'zod';
import { timeText } from '../alerts/alert-json.ts';
import { buildingComfort, type NamedFlat } from '../comfort/building-comfort.ts';
import type { Building, Register } from '../domain/register.ts';
import { isoTime } from '../domain/time.ts';
import type { ComfortSettings, ComfortSources } from './comfort-sources.ts';
import { comfortOf, type Flat, flatsOf, outdoorsOf, type Span } from './flats.ts';
import { RequestProblem } from './problem.ts';

const share = z.number().describe('of the hours, 0..1');
const orNone = z.number().nullable();
const flatSchema = z.object({
  space: z.string(),
  hours: z.int(),
  inBand: share,
  tooCold: share,
  severelyCold: share,
  tooWarm: share,
  meanC: z.number(),
  minC: z.number(),
  maxC: z.number(),
  correctedC: z.number().describe('mean at the reference outdoor temperature, or the nearest that there was'),
  outdoorC: orNone.describe('mean outdoors'),
  tooDry: orNone,
  tooDamp: orNone,
  stale: orNone.describe('share of the hours above the CO₂ limit'),
  falls: z.array(
    z.object({
      kind: z.enum(['window', 'heatingLost']),
      from: timeText,
      to: timeText,
      fellC: z.number(),
    }),
  ),
});
export const comfortSchema = z.object({
  from: timeText,
  to: timeText,
  buildings: z.array(
    z.object({
      building: z.string(),
      flats: z.int(),
      inBand: share,
      medianC: z.number(),
      spreadC: z.number(),
      verdict: z
        .enum(['curveTooHigh', 'unbalanced', 'cold', 'warm', 'even', 'notHeated'])
        .describe(
          'curveTooHigh: all are heated for the sake of one cold flat: balance it, then lower the curve; notHeated: it was too mild outdoors',
        ),
      overheatedC: z.number(),
      coldest: z.array(flatSchema).describe('coldest first'),
    }),
  ),
});
export type ComfortAnswer = z.infer<typeof comfortSchema>;

type Store = Pick<ComfortSources['store'], 'means'>;

/** The comfort of the flats of some buildings. Throws a RequestProblem when they are more than `maxFlats`. */
export async function comfortAnswer(
  { store, register }: { readonly store: Store; readonly register: Register },
  { buildings: asked, span }: { readonly buildings: ReadonlySet<string>; readonly span: Span },
  settings: ComfortSettings,
): Promise<ComfortAnswer> {
  const flats = flatsOf(register, asked, settings);
  if (flats.length > settings.maxFlats) {
    const most = settings.maxFlats;
    throw new RequestProblem(400, `scope: ${flats.length} flats, more than ${most}: ask for a building`);
  }
  const buildings: ComfortAnswer['buildings'] = [];
  for (const [building, own] of Map.groupBy(flats, (flat) => flat.building)) {
    const named = await namedFlats(store, register, { building, own }, span, settings);
    const known = buildingComfort(named, settings);
    if (!known) continue;
    buildings.push({ building: building.id, ...rounded(known), coldest: known.coldest.map(flatJson) });
  }
  return { from: isoTime(span.fromMs), to: isoTime(span.toMs), buildings };
}

async function namedFlats(
  store: Store,
  register: Register,
  { building, own }: { readonly building: Building; readonly own: readonly Flat[] },
  span: Span,
  settings: ComfortSettings,
): Promise<readonly NamedFlat[]> {
  const outdoors = await outdoorsOf(store, register, building, span);
  const { timeZone } = register.organisation;
  const named: NamedFlat[] = [];
  for (const flat of own) {
    const comfort = await comfortOf(store, { flat, outdoors, timeZone }, span, settings);
    if (comfort) named.push({ id: flat.space, comfort });
  }
  return named;
}

function flatJson({ id, comfort }: NamedFlat) {
  const { falls, outdoorC, tooDry, tooDamp, stale, ...rest } = comfort;
  return {
    space: id,
    ...rounded(rest),
    outdoorC: outdoorC === undefined ? null : round(outdoorC),
    tooDry: tooDry === undefined ? null : round(tooDry),
    tooDamp: tooDamp === undefined ? null : round(tooDamp),
    stale: stale === undefined ? null : round(stale),
    falls: falls.map(({ kind, fromMs, toMs, fellC }) => ({
      kind,
      from: isoTime(fromMs),
      to: isoTime(toMs),
      fellC: round(fellC),
    })),
  };
}

function rounded<T extends object>(value: T): T;
function rounded(value: object): object {
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, typeof inner === 'number' ? round(inner) : inner]),
  );
}

export function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
