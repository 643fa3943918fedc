import { z } from 'zod';
import { balanceOf } from '../../comfort/building-comfort.ts';
import { medianOf } from '../../comfort/flat-comfort.ts';
import { createFlatWatch, type FlatWatch, flatWatchSchema } from '../../comfort/flat-state.ts';
import { addValue, balancedC, changeOf, closeHour, judgeChange } from '../../comfort/flat-watch.ts';
import { bandOf } from '../../comfort/limits.ts';
import { HOUR_MS } from '../../domain/interval.ts';
import type { PlacedPoint } from '../../domain/reading.ts';
import { buildingsNear } from '../../domain/register.ts';
import { zoneOf } from '../../domain/zone.ts';
import { createBuildingStates } from '../building-states.ts';
import { isOfAir } from '../days/hour-store.ts';
import type { Emit, RuleContext, RuleDefinition, RuleSettings } from '../rule.ts';
import { subjectOf } from '../scope.ts';
import {
  type About,
  buildingFinding,
  curveFinding,
  degreesBeyond,
  flatFinding,
  milderOf,
  type ToldKind,
  toldKinds,
} from './comfort-findings.ts';
import { type ComfortParameters, comfortParameters } from './comfort-parameters.ts';

const stateSchema = z.object({
  /** End of the newest hour that was judged, and the outdoor temperature of the running one: sum and count. */
  closedMs: z.number(),
  outdoor: z.tuple([z.number(), z.number()]),
  outdoorC: z.number().exactOptional(),
  outdoorMs: z.number(),
  flats: z.record(z.string(), flatWatchSchema),
  /** What was told, by flat and kind, by kind of the building, and `curve`; with its severity. */
  told: z.record(z.string(), z.string()),
});
type State = z.infer<typeof stateSchema>;

/** A building's temperature outdoors holds for so long, and a flat that was not heard for so long is not judged. */
const OUTDOOR_HOLDS_MS = 3 * HOUR_MS;
const FLAT_HOLDS_MS = 48 * HOUR_MS;
const FEWEST_FLATS = 3;

export const comfort: RuleDefinition<ComfortParameters> = {
  type: 'comfort',
  doc: `A flat that is too cold or warm (HSLF-FS 2024:10, by season, sensitive residents, and what an ordinary air sensor shows) or
has become so beside its neighbours; that is too dry beyond what frost makes, too damp, or short of fresh air; one that cools
faster than physics allows (a window left open) or as fast, for hours (its heating is lost). What most flats of a building share
is told once, for the building; so is a heating curve that is too high. By running means, each flat at most once a kind.`,
  level: 'space',
  parameters: () => comfortParameters,
  defaults: { severity: 'warning', forMs: 6 * HOUR_MS, clearMs: 6 * HOUR_MS },
  create,
};

function create({ register, settingsOf, toldOf, hours }: RuleContext<ComfortParameters>) {
  const states = createBuildingStates(
    stateSchema,
    (): State => ({
      closedMs: Number.MIN_SAFE_INTEGER,
      outdoor: [0, 0],
      outdoorMs: Number.MIN_SAFE_INTEGER,
      flats: {},
      told: {},
    }),
  );

  const kindOf = (building: string, space: string) =>
    register()
      .buildings.get(building)
      ?.spaces.find(({ id }) => id === space)?.kind ?? '';

  /** A building without a thermometer outdoors has its neighbours' weather: of its area, else of the organisation. */
  const nearC = (building: string): number | undefined => {
    const of = (names: readonly string[]) => names.flatMap((name) => states.find(name)?.outdoorC ?? []);
    const near = of(buildingsNear(register(), building));
    const found = near.length > 0 ? near : of(states.names());
    return found.length === 0 ? undefined : medianOf(found.toSorted((a, b) => a - b));
  };

  const sees = ({ quantity, role, space }: PlacedPoint) =>
    quantity === 'outdoorTemperatureC' ||
    (quantity === 'airTemperatureC' && role === 'outdoor') ||
    (role === 'room' && space !== undefined && kindOfValue(quantity) !== undefined);

  return {
    sees,
    seesHoursOf: (point) => isOfAir(point.quantity) && sees(point),
    onReading: ({ point, atMs, value }) => {
      const state = states.of(point.building);
      if (atMs <= state.closedMs || hours.doubtOf(point) !== undefined) return;
      const kind = kindOfValue(point.quantity);
      if (point.role === 'room' && point.space !== undefined && kind !== undefined) {
        const flat = state.flats[point.space] ?? createFlatWatch();
        state.flats[point.space] = flat;
        addValue(flat, kind, value);
      } else if (point.role !== 'room') {
        state.outdoor[0] += value;
        state.outdoor[1] += 1;
      }
    },
    tickMinute: 0,
    onTick: (building, atMs, emit) => {
      const state = states.find(building);
      if (state === undefined) return;
      state.closedMs = atMs;
      closeOutdoor(state, atMs);
      const current = register();
      const outdoorC = state.outdoorC ?? nearC(building);
      const { month } = zoneOf(current.organisation.timeZone).local(atMs - 1);
      const place = subjectOf(current, building);
      const judged: Judged[] = [];
      for (const [space, flat] of Object.entries(state.flats)) {
        const settings = settingsOf({ ...place, space });
        const kind = kindOf(building, space);
        const isJudged = settings !== undefined && !settings.parameters.exceptKinds.includes(kind);
        if (isJudged) {
          const isSensitive = settings.parameters.sensitiveKinds.includes(kind);
          const isHome = !settings.parameters.comparedKinds.includes(kind);
          const outside = { toMs: atMs, month, outdoorC };
          closeHour(flat, outside, settings.parameters, { isSensitive, isHome });
          if (atMs - flat.heardMs <= FLAT_HOLDS_MS) {
            const band = bandOf(settings.parameters, { month, isSensitive });
            judged.push({ space, flat, settings, isHome, band });
            continue;
          }
        }
        // Nobody hears it any more, or asks: what was told of it is over.
        const about = { building, space, atMs, told: toldOf({ ...place, space }) };
        for (const one of toldKinds) end(state, `${building}/${space}|${one}`, emit, about);
        delete state.flats[space];
      }
      compare(judged, atMs);
      const shared = settingsOf(place);
      for (const kind of toldKinds)
        tell(kind, { state, building, atMs, outdoorC, judged, shared, emit, told: toldOf(place) });
      tellCurve({ state, building, atMs, outdoorC, month, judged, shared, emit, told: toldOf(place) });
    },
    snapshot: states.snapshot,
    restore: states.restore,
  } satisfies ReturnType<(typeof comfort)['create']>;
}

type Settings = RuleSettings<ComfortParameters>;
/** A flat in an hour, with what holds for it. */
type Judged = {
  readonly space: string;
  readonly flat: FlatWatch;
  readonly settings: Settings;
  readonly isHome: boolean;
  readonly band: { readonly minC: number; readonly maxC: number };
};
type Hour = {
  readonly state: State;
  readonly building: string;
  readonly atMs: number;
  readonly outdoorC: number | undefined;
  readonly judged: readonly Judged[];
  readonly shared: Settings | undefined;
  readonly told: Settings['told'];
  readonly emit: Emit;
};

/** Sets each flat beside what its neighbours' change lets expect. */
function compare(judged: readonly Judged[], atMs: number): void {
  const changes = judged.flatMap(({ flat }) => changeOf(flat) ?? []);
  const othersC = changes.length < FEWEST_FLATS ? undefined : medianOf(changes.toSorted((a, b) => a - b));
  for (const { flat, settings } of judged) judgeChange(flat, othersC, atMs, settings.parameters);
}

/** One finding for the building when most of its flats have it, else one for each that has. */
function tell(kind: ToldKind, { state, building, atMs, outdoorC, judged, shared, told, emit }: Hour): void {
  const having = judged.filter(({ flat }) => flat.holds[kind] !== undefined);
  const key = `${building}|${kind}`;
  const isTold = state.told[key] !== undefined;
  const leastPct = shared === undefined ? 100 : shared.parameters.togetherPct / (isTold ? 2 : 1);
  const isTogether =
    shared !== undefined &&
    having.length >= (isTold ? 2 : FEWEST_FLATS) &&
    having.length * 100 >= leastPct * judged.length;
  if (isTogether) {
    say(state, key, 'shared', emit, () =>
      buildingFinding(kind, { building, atMs, told, having, flats: judged.length, outdoorC }),
    );
  } else end(state, key, emit, { building, atMs, told });
  for (const { space, flat, settings, band } of judged) {
    const own = `${building}/${space}|${kind}`;
    const about = { building, space, atMs, told: settings.told };
    const now = nowOf(kind, flat);
    if (now !== undefined && !isTogether) {
      const others = judged.filter((one) => one.space !== space).map((one) => one.flat.meanC.mean);
      const isSevere = now === 'cold' && flat.meanC.mean < settings.parameters.severeC;
      const what = isSevere ? 'severe' : now;
      // What is a degree worse than it was told is told again: the alert then says it, and nobody is called twice.
      const [was, worst = '0'] = state.told[own]?.split(' ') ?? [];
      const degrees = Math.max(degreesBeyond(now, flat, band), was === what ? Number(worst) : 0);
      say(state, own, `${what} ${degrees}`, emit, () =>
        flatFinding(kind, {
          ...about,
          now,
          isSevere,
          flat,
          band,
          parameters: settings.parameters,
          others,
          outdoorC,
        }),
      );
    } else end(state, own, emit, about);
  }
}

/** What of a kind the flat has: it is not told twice that it has become colder and that it is cold. */
function nowOf(kind: ToldKind, { holds }: FlatWatch) {
  const milder = milderOf[kind];
  if (holds[kind] !== undefined) return kind;
  return milder !== undefined && holds[milder] !== undefined ? milder : undefined;
}

function tellCurve({
  state,
  building,
  atMs,
  month,
  judged,
  shared,
  told,
  emit,
}: Hour & { month: number }): void {
  const key = `${building}|curve`;
  const about = { building, atMs, told };
  if (shared === undefined) {
    end(state, key, emit, about);
    return;
  }
  const { parameters } = shared;
  const known = judged.flatMap(({ space, flat, isHome }) => {
    const c = balancedC(flat, parameters);
    // What has just changed in a flat says nothing about the curve.
    return c === undefined || !isHome || flat.holds.behind !== undefined ? [] : [{ space, c }];
  });
  const sorted = known.toSorted((a, b) => a.c - b.c);
  const [coldest] = sorted;
  if (coldest === undefined || sorted.length < FEWEST_FLATS || !parameters.heatingMonths.includes(month)) {
    end(state, key, emit, about);
    return;
  }
  const slackC = state.told[key] === undefined ? 0 : parameters.hysteresisC;
  const balance = balanceOf(
    sorted.map(({ c }) => c),
    parameters,
    slackC,
  );
  const isTooHigh =
    balance.medianC >
    parameters.coldC +
      (balance.verdict === 'curveTooHigh' ? parameters.curveForOneC : parameters.curveAboveC) -
      slackC;
  if (!isTooHigh) end(state, key, emit, about);
  else
    say(state, key, 'curve', emit, () => curveFinding({ ...about, balance, flats: sorted.length, coldest }));
}

/** Says it once as long as it is the same. */
function say(state: State, key: string, what: string, emit: Emit, finding: () => Parameters<Emit>[0]): void {
  if (state.told[key] === what) return;
  state.told[key] = what;
  emit(finding());
}

/** Whatever is told under a key has it as its subject. */
function end(
  state: State,
  key: string,
  emit: Emit,
  { told, ...about }: About & { readonly space?: string },
): void {
  if (state.told[key] === undefined) return;
  delete state.told[key];
  emit({ ...told, ...about, subject: key, holds: false });
}

function closeOutdoor(state: State, atMs: number): void {
  const [sum, count] = state.outdoor;
  state.outdoor = [0, 0];
  if (count > 0) {
    state.outdoorC = sum / count;
    state.outdoorMs = atMs;
  } else if (atMs - state.outdoorMs > OUTDOOR_HOLDS_MS) delete state.outdoorC;
}

function kindOfValue(quantity: string): 'temperature' | 'humidity' | 'co2' | undefined {
  if (quantity === 'airTemperatureC') return 'temperature';
  if (quantity === 'relativeHumidityPct') return 'humidity';
  return quantity === 'co2Ppm' ? 'co2' : undefined;
}
