import { basename } from 'node:path';
import { loadConfig, type Places } from '../config/config.ts';
import { holdsOf } from '../config/durations.ts';
import { KvarterError } from '../domain/errors.ts';
import { pointKey, type Reading } from '../domain/reading.ts';
import type { Register } from '../domain/register.ts';
import { isoTime } from '../domain/time.ts';
import { savedByHolding } from '../energy/bills/power-bill.ts';
import { smoothShares } from '../energy/bills/smooth-steps.ts';
import { billedWindows } from '../energy/guard/billed-windows.ts';
import type { GuardedHistory } from '../energy/guard/guard-report.ts';
import type { ToldAlert } from '../energy/guard/told-windows.ts';
import type { Load } from '../energy/loads/load-file.ts';
import type { Tariff } from '../energy/tariffs/compile-tariff.ts';
import type { Span } from '../energy/tariffs/power-price.ts';
import { guardNames, tariffsOfBuildings } from '../rules/rules.ts';
import { heldWithAreas, withAreas } from './area-loads.ts';
import type { CommandContext } from './command.ts';
import { createToldBook } from './guard-told.ts';
import type { HeldByBuilding } from './held-back.ts';
import { createLoadRecorder } from './load-recorder.ts';
import { checkSpan } from './options.ts';
import { createProgress } from './progress.ts';
import { replayFiles } from './replaying.ts';
import { readLoadFile } from './series-files.ts';
import { loadSurroundings } from './surroundings.ts';

/** What is reported on, and what of the readings could not be used. */
export type Watched = {
  readonly histories: readonly GuardedHistory[];
  readonly span: Span;
  readonly notes: readonly string[];
};

type Asked = {
  readonly places: Places;
  readonly spanIn: (zone: string) => Partial<Span>;
  /** Loads that were held back while the readings were taken. */
  readonly held: HeldByBuilding;
};
type Given = Asked & { readonly files: readonly string[]; readonly isJson: boolean };

/** The guard over files of readings, with the buildings and tariffs of the configured register. */
export async function historyOfFiles(context: CommandContext, given: Given): Promise<Watched> {
  const { config } = loadConfig(given.places);
  const { tariffs, register, rules } = loadSurroundings(config);
  const asked = given.spanIn(register.organisation.timeZone);
  const surroundings = { register: () => register, tariffs };
  const switchesLoads = config.loadControl === 'on';
  const rulesContext = { ...surroundings, rules, holds: holdsOf(config), switchesLoads };
  const book = createToldBook(rulesContext, guardNames(rules));
  const recorder = createLoadRecorder(register, holdsOf(config));
  let reachedMs: number | undefined;
  const progress = createProgress({ ...context, print: context.complain }, given.isJson, () => {
    const until = reachedMs === undefined ? null : isoTime(reachedMs);
    return { says: `read until ${until ?? 'now: nothing'}`, json: { until } };
  });
  const { refused } = await replayFiles(given.files, {
    config,
    register,
    onReading: (reading) => {
      recorder.onReading(reading);
      book.onReading(reading);
    },
    onBatch: (lastMs) => {
      book.collect();
      reachedMs = lastMs;
      progress('more');
    },
  });
  const watched = watchedOf({
    loads: withAreas(recorder.loads(), register),
    told: book.told(),
    tariffOf: tariffsOfBuildings(rules, surroundings),
    asked,
    held: heldWithAreas(given.held, register),
  });
  return { ...watched, notes: [...refused].map(([says, times]) => `refused ${times}×: ${says}`) };
}

const BUILDING_METER = 'main';
const STEP_MS = 5 * 60_000;

/** The guard over the load of one building, told by its meter's register every five minutes. */
export async function historyOfLoad(
  context: CommandContext,
  { places, loadFile, tariff, spanIn, held }: Asked & { readonly loadFile: string; readonly tariff: Tariff },
): Promise<Watched> {
  const { config } = loadConfig(places);
  const { rules } = loadSurroundings(config);
  const asked = spanIn(tariff.timeZone);
  const load = byWindows(await readLoadFile(loadFile, tariff, context), tariff);
  const building = basename(loadFile).replace(/\.csv$/i, '');
  const register = oneBuilding(building, tariff);
  const tariffs = new Map([['own', tariff]]);
  const alerting = { rules, holds: holdsOf(config), register: () => register, tariffs };
  const book = createToldBook(alerting, guardNames(rules));
  for (const reading of registerReadings(building, load)) book.onReading(reading);
  const watched = watchedOf({
    loads: new Map([[building, load]]),
    told: book.told(),
    tariffOf: () => tariff,
    asked,
    held,
  });
  return { ...watched, notes: [] };
}

/** Loads, and what was told of them, as histories. Throws `input-invalid` when there is nothing of the span. */
export function watchedOf({
  loads,
  told,
  tariffOf,
  asked,
  held,
}: {
  readonly loads: ReadonlyMap<string, Load>;
  readonly told: ReadonlyMap<string, readonly ToldAlert[]>;
  readonly tariffOf: (building: string) => Tariff | undefined;
  readonly asked: Partial<Span>;
  readonly held: HeldByBuilding;
}): Omit<Watched, 'notes'> {
  const known = {
    fromMs: Math.min(...[...loads.values()].map(({ fromMs }) => fromMs)),
    toMs: Math.max(...[...loads.values()].map(({ fromMs, spacingMs, kw }) => fromMs + kw.length * spacingMs)),
  };
  const span = { ...known, ...asked };
  const histories = [...loads]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([building, load]) => {
      const tariff = tariffOf(building);
      if (!tariff) return [];
      const isAsked = ({ fromMs }: Span) => fromMs >= span.fromMs && fromMs < span.toMs;
      const { windows, months } = billedWindows(tariff, load, span);
      const alerts = (told.get(building) ?? [])
        .map((alert) => ({ ...alert, windows: alert.windows.filter(isAsked) }))
        .filter((alert) => alert.windows.length > 0);
      const saved = savedByHolding(tariff, load, (held.get(building) ?? []).filter(isAsked));
      return [
        { building, currency: tariff.currency, windows: windows.filter(isAsked), months, alerts, saved },
      ];
    });
  if (histories.length > 0) {
    checkSpan(asked, known);
    return { histories, span };
  }
  throw new KvarterError(
    'input-invalid',
    'no load of a building is known: are the meters in the register, with the role electricityMain?',
  );
}

/** The load as the guard sees it, in steps no longer than the tariff's windows, so that what is told can be billed. */
function byWindows(load: Load, { power }: Tariff): Load {
  const shortestMs = Math.min(...power.map(({ windowMinutes }) => windowMinutes * 60_000));
  const parts = Math.round(load.spacingMs / shortestMs);
  if (!(parts > 1)) return load;
  const { fromMs, spacingMs } = load;
  const kw = Float64Array.from({ length: load.kw.length * parts }, () => Number.NaN);
  for (const [i, mean] of load.kw.entries()) {
    if (Number.isNaN(mean)) continue;
    const shares = smoothShares(nearOf(load, i, mean), spacingMs / STEP_MS);
    for (const [step, share] of shares.entries()) {
      const at = i * parts + Math.floor((step * parts) / shares.length);
      kw[at] = (Number.isNaN(kw[at] ?? Number.NaN) ? 0 : (kw[at] ?? 0)) + share * mean * parts;
    }
  }
  return { fromMs, spacingMs: spacingMs / parts, kw };
}

/** An interval between those beside it, as far as they are known. */
function nearOf({ kw }: Load, i: number, energy: number) {
  const known = (value: number | undefined) =>
    value === undefined || Number.isNaN(value) ? undefined : value;
  const [before, after] = [known(kw[i - 1]), known(kw[i + 1])];
  return { ...(before === undefined ? {} : { before }), energy, ...(after === undefined ? {} : { after }) };
}

/** A cumulative register: each reading knows what has been used, and nothing of what comes. */
function* registerReadings(building: string, load: Load): Generator<Reading> {
  const { fromMs, spacingMs, kw } = load;
  const point = {
    device: BUILDING_METER,
    quantity: 'activeEnergyWh',
    role: 'electricityMain',
    key: pointKey({ device: BUILDING_METER, quantity: 'activeEnergyWh' }),
    organisation: 'own',
    area: 'own',
    building,
  } as const;
  const steps = spacingMs / STEP_MS;
  let wh = 0;
  let isKnown = false;
  for (let i = 0; i < kw.length; i += 1) {
    const energy = kw[i] ?? Number.NaN;
    if (Number.isNaN(energy)) {
      isKnown = false;
      continue;
    }
    const startMs = fromMs + i * spacingMs;
    if (!isKnown) yield { point, atMs: startMs, value: wh, receivedAtMs: startMs };
    isKnown = true;
    for (const [step, share] of smoothShares(nearOf(load, i, energy), steps).entries()) {
      wh += share * energy * (spacingMs / 3600);
      const atMs = startMs + (step + 1) * STEP_MS;
      yield { point, atMs, value: wh, receivedAtMs: atMs };
    }
  }
}

function oneBuilding(id: string, { timeZone }: Tariff): Register {
  const building = { id, name: id, area: 'own', tariff: 'own', spaces: [], flexibleLoads: [] };
  const device = { id: BUILDING_METER, model: 'kvarter', building: id, role: 'electricityMain' } as const;
  return {
    organisation: { id: 'own', name: id, timeZone },
    areas: [{ id: 'own', name: id, buildings: [id] }],
    buildings: new Map([[id, building]]),
    devices: new Map([[BUILDING_METER, [device]]]),
  };
}
