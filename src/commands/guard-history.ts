import { basename } from 'node:path';
import { loadConfig, type Places } from '../config/config.ts';
import { holdsOf } from '../config/durations.ts';
import { KvarterError } from '../domain/errors.ts';
import type { Carrier } from '../domain/interval.ts';
import { pointKey, type Reading } from '../domain/reading.ts';
import { mainRoles, type Register } from '../domain/register.ts';
import { isoTime } from '../domain/time.ts';
import { savedByHolding } from '../energy/bills/power-bill.ts';
import { smoothShares } from '../energy/bills/smooth-steps.ts';
import { billedWindows } from '../energy/guard/billed-windows.ts';
import type { GuardedHistory } from '../energy/guard/guard-report.ts';
import type { ToldAlert } from '../energy/guard/told-windows.ts';
import type { Load } from '../energy/loads/load-file.ts';
import type { Tariff } from '../energy/tariffs/compile-tariff.ts';
import type { Span } from '../energy/tariffs/power-price.ts';
import type { RuleSet } from '../rules/rule-file.ts';
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
  readonly carrier: Carrier;
  readonly histories: readonly GuardedHistory[];
  readonly span: Span;
  readonly notes: readonly string[];
};

export type Asked = {
  readonly places: Places;
  readonly carrier: Carrier;
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
  const { carrier } = given;
  const book = createToldBook(rulesContext, guardsOf(rules, carrier));
  const recorder = createLoadRecorder(register, holdsOf(config), carrier);
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
    loads: withAreas(recorder.loads(), register, carrier),
    told: book.told(),
    tariffOf: tariffsOfBuildings(rules, surroundings, carrier),
    asked,
    carrier,
    held: heldWithAreas(given.held, register),
  });
  return { ...watched, notes: [...refused].map(([says, times]) => `refused ${times}×: ${says}`) };
}

const BUILDING_METER = 'main';
const METERS = {
  electricity: { role: mainRoles.electricity, quantity: 'activeEnergyWh' },
  heat: { role: mainRoles.heat, quantity: 'heatEnergyWh' },
} as const;
type MainRole = (typeof METERS)[Carrier]['role'];
const STEP_MS = 5 * 60_000;

/** The guard over the load of one building, told by its meter's register every five minutes. */
export async function historyOfLoad(
  context: CommandContext,
  {
    places,
    loadFile,
    tariff,
    spanIn,
    held,
    carrier,
  }: Asked & { readonly loadFile: string; readonly tariff: Tariff },
): Promise<Watched> {
  const { config } = loadConfig(places);
  const { rules } = loadSurroundings(config);
  const asked = spanIn(tariff.timeZone);
  const load = byWindows(await readLoadFile(loadFile, tariff, context), tariff);
  const building = basename(loadFile).replace(/\.csv$/i, '');
  const meter = METERS[carrier];
  const register = oneBuilding(building, tariff, meter.role);
  const tariffs = new Map([['own', tariff]]);
  const alerting = { rules, holds: holdsOf(config), register: () => register, tariffs };
  const book = createToldBook(alerting, guardsOf(rules, carrier));
  for (const reading of registerReadings(building, load, meter)) book.onReading(reading);
  const watched = watchedOf({
    loads: new Map([[building, load]]),
    told: book.told(),
    tariffOf: () => tariff,
    asked,
    carrier,
    held,
  });
  return { ...watched, notes: [] };
}

/** What alerts of the guard go by. Throws `config-invalid` where there is none. */
export function guardsOf(rules: RuleSet, carrier: Carrier): ReadonlySet<string> {
  const names = guardNames(rules, carrier);
  if (names.size > 0) return names;
  throw new KvarterError(
    'config-invalid',
    `the rules have no entry of peak-guard with carrier: ${carrier}: nothing is guarded that could be reported on`,
  );
}

/** Loads, and what was told of them, as histories. Throws `input-invalid` when there is nothing of the span. */
export function watchedOf({
  loads,
  told,
  tariffOf,
  asked,
  held,
  carrier,
}: {
  readonly loads: ReadonlyMap<string, Load>;
  readonly told: ReadonlyMap<string, readonly ToldAlert[]>;
  readonly tariffOf: (building: string) => Tariff | undefined;
  readonly asked: Partial<Span>;
  readonly held: HeldByBuilding;
  readonly carrier: Carrier;
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
    return { carrier, histories, span };
  }
  throw new KvarterError(
    'input-invalid',
    carrier === 'heat'
      ? 'no load of heat of a building with a heatTariff is known: are the meters in the register, with the role heatMain?'
      : 'no load of a building is known: are the meters in the register, with the role electricityMain?',
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
function* registerReadings(
  building: string,
  load: Load,
  { role, quantity }: (typeof METERS)[Carrier],
): Generator<Reading> {
  const { fromMs, spacingMs, kw } = load;
  const point = {
    device: BUILDING_METER,
    quantity,
    role,
    key: pointKey({ device: BUILDING_METER, quantity }),
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

function oneBuilding(id: string, { timeZone }: Tariff, role: MainRole): Register {
  const tariffs = { tariff: 'own', heatTariff: 'own' };
  const building = { id, name: id, area: 'own', ...tariffs, spaces: [], flexibleLoads: [] };
  const device = { id: BUILDING_METER, model: 'kvarter', building: id, role } as const;
  return {
    organisation: { id: 'own', name: id, timeZone },
    areas: [{ id: 'own', name: id, buildings: [id] }],
    buildings: new Map([[id, building]]),
    devices: new Map([[BUILDING_METER, [device]]]),
  };
}
