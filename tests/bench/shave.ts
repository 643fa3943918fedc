import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import process from 'node:process';
import { openHighs } from '../../src/commands/highs-solver.ts';
import { HOUR_MS } from '../../src/domain/interval.ts';
import type { StorageSite } from '../../src/energy/storage/battery.ts';
import { type ShaveInput, shave } from '../../src/energy/storage/shave.ts';
import type { CarSite } from '../../src/energy/storage/site-stays.ts';
import { compileTariffs, type Tariff } from '../../src/energy/tariffs/compile-tariff.ts';
import { readCambridge } from './cambridge.ts';
import { madeUpVisits } from './car-visits.ts';
import { HOMES_FROM_MS, PV_KW, readHomes } from './citylearn.ts';
import { hourly } from './forecast.ts';
import { nordicSpot } from './spot-price.ts';

type Case = Pick<ShaveInput, 'load' | 'site'> & { readonly name: string };

const BUILDINGS = ['b10', 'b20', 'b45', 'b70'];
const HISTORY_DAYS = 62;
const MONTHS = Number(process.env.SHAVE_MONTHS ?? 2);
const FIRST_MONTH = process.env.SHAVE_FROM === undefined ? undefined : Number(process.env.SHAVE_FROM);
const POLICY = process.env.SHAVE_POLICY === 'guard' ? 'guard' : 'mpc';
const SCALE = Number(process.env.SHAVE_SCALE ?? 1);
const [STORE_KWH = 40, STORE_KW = 20] = (process.env.SHAVE_STORE ?? '')
  .split(',')
  .filter(Boolean)
  .map(Number);
const DAY_MS = 24 * HOUR_MS;

/**
 * Captured share of perfect foresight by building and tariff of the folder, two months (`SHAVE_MONTHS`) after two of history, a
 * made-up spot price. `SHAVE_ONLY=REGEXP`: the rows whose "name tariff" it fits; each takes up to half a minute. Of homes also
 * `SHAVE_FROM=12`: from December; `SHAVE_STORE=10,5`: with 10 kWh and 5 kW; `SHAVE_SCALE=3`: three times the load, of solar
 * power too, and three times the limit of import; `SHAVE_POLICY=guard`. Rows named ", car" charge one in place of a
 * battery, the house (all six homes behind one meter) 6 or 20.
 */
export async function benchShave(data: string, tariffs: string): Promise<void> {
  const only = new RegExp(process.env.SHAVE_ONLY ?? '');
  const cases = [
    ...homesOf(join(data, 'citylearn')),
    ...homesWithCars(join(data, 'citylearn')),
    ...houseWithCars(join(data, 'citylearn')),
    ...buildingsOf(join(data, 'cambridge/electricity')),
  ];
  const solve = await openHighs({ timeLimitS: 60 });
  console.log(
    '| building | tariff | no storage | shaved | foresight | captured | of peaks alone | of energy alone | CPU s |',
  );
  console.log('| --- | --- | --- | --- | --- | --- | --- | --- | --- |');
  const files = readdirSync(tariffs).filter((file) => file.endsWith('.json'));
  for (const name of files.toSorted().map((file) => basename(file, '.json'))) {
    const tariff = readTariff(join(tariffs, `${name}.json`));
    const shares: number[] = [];
    for (const one of cases) {
      if (!only.test(`${one.name} ${name}`)) continue;
      const { cells, share } = measured(one, tariff, solve);
      if (share !== undefined) shares.push(share);
      console.log(`| ${[one.name, name, ...cells].join(' | ')} |`);
    }
    if (shares.length === 0) continue;
    const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
    const text = `**${mean.toFixed(3)}**, worst ${Math.min(...shares).toFixed(3)}`;
    console.log(`| **mean** | ${name} | | | | ${text} | | | |`);
  }
}

function measured({ load, site }: Case, tariff: Tariff, solve: ShaveInput['solve']) {
  const historyDays = FIRST_MONTH === undefined ? HISTORY_DAYS : (FIRST_MONTH - 1) * 30.4 - 3;
  const fromMs = monthFrom(tariff, load.fromMs + historyDays * DAY_MS);
  let toMs = fromMs;
  for (let m = 0; m < MONTHS; m += 1) toMs = monthFrom(tariff, toMs + DAY_MS);
  // A year of UTC ends an hour into the next one.
  toMs = Math.min(toMs, load.fromMs + load.kw.length * load.spacingMs);
  const before = process.cpuUsage();
  const { without, shaved, foresight, capturedShare } = shave({
    tariff,
    load,
    span: { fromMs, toMs },
    site,
    market: { buy: nordicSpot(load.fromMs - DAY_MS, load.kw.length + 48, tariff.timeZone) },
    policy: POLICY,
    horizonMs: 720 * HOUR_MS,
    solve,
  });
  const { user, system } = process.cpuUsage(before);
  const share = (of: 'peakCost' | 'energyCost'): string => {
    const most = without[of] - foresight[of];
    return most > 0.005 ? ((without[of] - shaved[of]) / most).toFixed(2) : '-';
  };
  const cells = [
    ...[without, shaved, foresight].map(({ cost }) => cost.toFixed(0)),
    capturedShare?.toFixed(3) ?? '-',
    share('peakCost'),
    share('energyCost'),
    ((user + system) / 1e6).toFixed(0),
  ];
  return { cells, share: capturedShare };
}

/** As they were measured, and behind solar power: net. */
function homesOf(folder: string): readonly Case[] {
  const site = siteOf(STORE_KWH, STORE_KW, 20 * SCALE);
  return readHomes(folder).flatMap(({ name, load, solar }) => {
    const net = load.map((kw, i) => kw - PV_KW * (solar[i] ?? 0));
    const of = (kw: Float64Array) => ({
      fromMs: HOMES_FROM_MS,
      spacingMs: HOUR_MS,
      kw: kw.map((one) => one * SCALE),
    });
    return [
      { name, load: of(load), site },
      { name: `${name}, solar`, load: of(net), site },
    ];
  });
}

/** A charger of 11 kW in place of the battery. */
function homesWithCars(folder: string): readonly Case[] {
  return readHomes(folder).map(({ name, load }) => ({
    name: `${name}, car`,
    load: { fromMs: HOMES_FROM_MS, spacingMs: HOUR_MS, kw: load },
    site: carSite([name], load.length / 24, 20),
  }));
}

/** All homes behind one meter, and in their garage a charger for each car. */
function houseWithCars(folder: string): readonly Case[] {
  const homes = readHomes(folder);
  const kw = homes[0]?.load.map((_, i) => homes.reduce((sum, { load }) => sum + (load[i] ?? 0), 0));
  if (!kw) return [];
  return [6, 20].map((count) => ({
    name: `house, ${count} cars`,
    load: { fromMs: HOMES_FROM_MS, spacingMs: HOUR_MS, kw },
    site: carSite(
      Array.from({ length: count }, (_, car) => `house ${car}`),
      kw.length / 24,
      Number.POSITIVE_INFINITY,
    ),
  }));
}

/** Chargers of 11 kW and the cars of these names. */
function carSite(names: readonly string[], days: number, importLimitKw: number): CarSite {
  const visits = names.flatMap((name) => madeUpVisits(HOMES_FROM_MS, days, name));
  return { chargeKw: 11, importLimitKw, exportLimitKw: 0, visits };
}

/** The store is an hour of the mean load, at half that power. */
function buildingsOf(folder: string): readonly Case[] {
  return readCambridge(folder)
    .filter(({ building }) => BUILDINGS.includes(building))
    .map(({ building, hours }) => {
      const load = hourly(hours);
      const known = load.kw.filter(Number.isFinite);
      const mean = known.reduce((sum, kw) => sum + kw, 0) / known.length;
      return { name: building, load, site: siteOf(mean, mean / 2, Number.POSITIVE_INFINITY) };
    });
}

function siteOf(capacityKwh: number, powerKw: number, importLimitKw: number): StorageSite {
  const battery = {
    capacityKwh,
    chargeKw: powerKw,
    dischargeKw: powerKw,
    chargeEfficiency: 0.95,
    dischargeEfficiency: 0.95,
    lossPerHour: 0.00002,
    initialKwh: capacityKwh / 2,
    finalKwh: capacityKwh / 2,
  };
  return { battery, importLimitKw, exportLimitKw: 0 };
}

function readTariff(file: string): Tariff {
  const { tariffs } = compileTariffs(JSON.parse(readFileSync(file, 'utf8')));
  const tariff = tariffs[0]?.tariff;
  if (!tariff) throw new Error(`${file} cannot be read`);
  return tariff;
}

/** The first of a month, at this moment or next after it. */
function monthFrom({ zone }: Tariff, atMs: number): number {
  let day = zone.dayAt(atMs);
  if (day.fromMs < atMs) day = zone.dayAt(day.toMs);
  while (zone.local(day.fromMs).day !== 1) day = zone.dayAt(day.toMs);
  return day.fromMs;
}
