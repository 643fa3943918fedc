import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createChance } from '../../../simulators/chance.ts';
import { generatedWeather } from '../../../simulators/world/weather.ts';
import { weatherFromFile } from '../../../simulators/world/weather-file.ts';
import { HOUR_MS } from '../../../src/domain/interval.ts';
import { readCambridge } from '../cambridge.ts';
import { type Planned, timeZone, yearOf } from './districts.ts';
import { type Panel, svgOf } from './plot.ts';
import { bandOf, type Curve, type Hours, shapes } from './shapes.ts';

const YEAR_2018_MS = Date.parse('2018-01-01T00:00:00+01:00');
const out = join(import.meta.dirname, '../../../simulators/calibration');
const sum = (values: ArrayLike<number>) => Array.from(values).reduce((total, value) => total + value, 0);

/**
 * The simulated world against published figures and against real buildings: prints the tables of simulators/README.md and
 * writes its plots. The real buildings are development data: what is chosen by hand was chosen while looking at them.
 */
export function benchCalibration(data: string): void {
  yearlyFigures();
  if (!existsSync(data)) {
    console.log('calibration: NOT COMPARED with real buildings, their data are not beside the project');
    return;
  }
  mkdirSync(out, { recursive: true });
  const generated = generatedWeather(createChance(1));
  const file = join(data, 'cambridge/weather/bedford_2018.csv');
  const weather = weatherFromFile({ name: file, text: readFileSync(file, 'utf8') }, generated);
  const schools = Array.from(
    { length: 12 },
    (_, i): Planned => ({
      spaces: 'classroom',
      details: {
        kind: 'school',
        yearBuilt: 1950 + 5 * i,
        areaM2: 1500 + 700 * i,
        heating: 'district',
        pvKwp: 0,
      },
    }),
  );
  const homes = Array.from(
    { length: 12 },
    (_, i): Planned => ({
      details: {
        yearBuilt: 1955 + 5 * i,
        areaM2: i < 6 ? 75 : 450,
        flats: i < 6 ? 1 : 6,
        heating: 'district',
        pvKwp: 0,
      },
    }),
  );
  const asked = {
    electricity: [{ role: 'electricityMain' }, 'activeEnergyWh'],
    heat: [{ role: 'heatMain' }, 'heatEnergyWh'],
  } as const;
  const ofSchools = yearOf(schools, asked, { fromMs: YEAR_2018_MS, seed: 1, weather }).hours;
  const ofHomes = yearOf(homes, asked, { fromMs: YEAR_2018_MS, seed: 1, weather }).hours;
  const archive = (folder: string) =>
    readCambridge(join(data, 'cambridge', folder)).flatMap(({ hours }) => gridOf(hours));
  console.log(
    '\n| compared | shape | real: 10 %, median, 90 % | simulated: 10 %, median, 90 % | distance of medians |',
  );
  console.log('| --- | --- | --- | --- | --- |');
  compare(
    'electricity-schools',
    'Electricity: university buildings and simulated schools',
    archive('electricity'),
    ofSchools.get('electricity') ?? [],
  );
  compare(
    'heat-schools',
    'Heat: gas of university buildings and simulated schools, weather of Bedford 2018',
    archive('gas'),
    ofSchools.get('heat') ?? [],
  );
  compare(
    'electricity-homes',
    'Electricity: homes of CityLearn, alone and together, and simulated homes',
    cityLearn(data),
    ofHomes.get('electricity') ?? [],
  );
}

function compare(name: string, title: string, real: readonly Hours[], simulated: readonly Hours[]): void {
  const panels = Object.entries(shapes).map(([shape, of]): Panel => {
    const curves = (all: readonly Hours[]): readonly Curve[] => all.map((hours) => of(hours, timeZone));
    const [a, b] = [bandOf(curves(real)), bandOf(curves(simulated))];
    const distance = sum(a.middle.map((value, i) => Math.abs(value - (b.middle[i] ?? 0)))) / a.middle.length;
    const at = shape === 'load duration' ? 0 : shape === 'autocorrelation' ? a.x.indexOf(24) : 18;
    const where =
      shape === 'load duration'
        ? 'highest hour'
        : shape === 'autocorrelation'
          ? 'after 24 h'
          : 'working day, 18 h';
    const cell = ({ low, middle, high }: typeof a) =>
      [low, middle, high].map((values) => (values[at] ?? 0).toFixed(2)).join(', ');
    console.log(`| ${name} | ${shape}, ${where} | ${cell(a)} | ${cell(b)} | ${distance.toFixed(3)} |`);
    const xLabel =
      shape === 'load duration'
        ? '% of the hours'
        : shape === 'autocorrelation'
          ? 'lag in hours'
          : 'hour (from 24 on: free days)';
    return { title: shape, xLabel, real: a, simulated: b };
  });
  writeFileSync(join(out, `${name}.svg`), svgOf(`${title} (grey: real, blue: simulated)`, panels));
}

/** Years of a building of which nine hours in ten are known; missing hours are NaN. */
function gridOf(hours: readonly { readonly atMs: number; readonly kwh: number }[]): readonly Hours[] {
  const years = Map.groupBy(hours, ({ atMs }) => new Date(atMs + HOUR_MS).getUTCFullYear());
  return [...years.values()].flatMap((known) => {
    const fromMs = known[0]?.atMs ?? 0;
    const values = new Float64Array(8760).fill(Number.NaN);
    for (const { atMs, kwh } of known) values[Math.round((atMs - fromMs) / HOUR_MS)] = kwh;
    return known.length > 7884 ? [{ fromMs, values }] : [];
  });
}

/** Six homes, and pairs and all of them together; what is generated on roofs is not in them. */
function cityLearn(data: string): readonly Hours[] {
  const homes = [1, 2, 3, 4, 5, 6].map((home) => {
    const rows = readFileSync(join(data, `citylearn/building_${home}.csv`), 'utf8')
      .trim()
      .split('\n')
      .slice(1);
    return Float64Array.from(rows, (row) => Number(row.split(',')[1]));
  });
  const used = homes.filter((values) => sum(values) > 500);
  const together = (which: readonly Float64Array[]) =>
    (which[0] ?? new Float64Array()).map((_, hour) => sum(which.map((values) => values[hour] ?? 0)));
  return [...used, together(used)].map((values) => ({ fromMs: YEAR_2018_MS, values }));
}

/** A year of each kind of building in three generated weathers, against what is published. */
function yearlyFigures(): void {
  const kinds: readonly (readonly [string, Planned, string])[] = [
    ['block, 1955, natural ventilation', { details: { yearBuilt: 1955 } }, '130–150'],
    ['block, 1968, exhaust fans', { details: { yearBuilt: 1968 } }, '130–150'],
    ['block, 1985, exhaust fans', { details: { yearBuilt: 1985 } }, '100–130'],
    ['block, 1998, exhaust fans', { details: { yearBuilt: 1998 } }, '90–120'],
    ['block, 2015, heat recovery', { details: { yearBuilt: 2015 } }, '55–80'],
    ['block, 1968, heat pump', { details: { yearBuilt: 1968, heating: 'heat-pump' } }, '130–150'],
    ['school, 1970', { spaces: 'classroom', details: { kind: 'school', yearBuilt: 1970 } }, '90–130'],
    ['care home, 1990', { spaces: 'room', details: { kind: 'care-home', yearBuilt: 1990 } }, '80–120'],
  ];
  const asked = {
    heat: [{ role: 'heatMain' }, 'heatEnergyWh'],
    space: [{ role: 'submeter', space: 'radiators' }, 'heatEnergyWh'],
    household: [{ role: 'submeter', space: 'household' }, 'activeEnergyWh'],
    property: [{ role: 'submeter', space: 'property' }, 'activeEnergyWh'],
    pump: [{ role: 'submeter', space: 'heat-pump' }, 'activeEnergyWh'],
    water: [{ role: 'waterMain' }, 'waterVolumeL'],
  } as const;
  console.log(
    '| building of 3,000 m² | heat with hot water, kWh/m² | published | of it radiators | household, kWh/flat | property, kWh/m² | heat pump, kWh/m² | water, l/person and day |',
  );
  console.log('| --- | --- | --- | --- | --- | --- | --- | --- |');
  const planned = kinds.map(([, of]) => ({ ...of, details: { ...of.details, pvKwp: 0 } }));
  const years = [1, 2, 3].map((seed) =>
    yearOf(planned, asked, { fromMs: Date.parse('2026-01-01T00:00:00+01:00'), seed }),
  );
  for (const [i, [name, , published]] of kinds.entries()) {
    const total = (what: string) =>
      sum(years.map(({ hours }) => sum(hours.get(what)?.[i]?.values ?? []))) / years.length;
    const details = years[0]?.world.details.get(`b${i}`);
    if (!details) continue;
    const { areaM2, flats, persons } = details;
    const cells = [
      name,
      (total('heat') / areaM2).toFixed(0),
      published,
      (total('space') / areaM2).toFixed(0),
      details.kind === 'multi-family' ? (total('household') / flats).toFixed(0) : '–',
      (total('property') / areaM2).toFixed(1),
      details.heating === 'heat-pump' ? (total('pump') / areaM2).toFixed(0) : '–',
      details.kind === 'school' ? '–' : ((total('water') * 1000) / persons / 365).toFixed(0),
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
}
