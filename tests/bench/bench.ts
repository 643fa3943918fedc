import { existsSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { benchAggregate } from './aggregate.ts';
import { benchBill } from './bill.ts';
import { benchDecode } from './decode.ts';
import { benchExpectedBill } from './expected-bill.ts';
import { benchComfort } from './faults/comfort.ts';
import { benchFaults } from './faults/faults.ts';
import { benchFill } from './fill/fill.ts';
import { benchRounds } from './fill/rounds.ts';
import { benchForecast } from './forecast.ts';
import { benchHeatPeaks } from './heat-peaks.ts';
import { benchHomePeaks } from './home-peaks.ts';
import { benchIdle } from './idle.ts';
import { benchIngest } from './ingest/ingest.ts';
import { benchMessages } from './messages.ts';
import { benchMeterRules } from './meters/meter-rules.ts';
import { benchMeters } from './meters/meters.ts';
import { benchNab } from './nab/nab.ts';
import { benchPeaks } from './peaks.ts';
import { benchRegister } from './register.ts';
import { benchRules } from './rules.ts';
import { benchShave } from './shave.ts';
import { benchStart } from './start.ts';
import { benchCalibration } from './world/calibration.ts';
import { benchWorld } from './world/speed.ts';

// `npm run bench [NAME…]`: figures for tests/bench/README.md. Never a test: it measures, and a person reads.

const root = join(import.meta.dirname, '../..');
const bins = join(root, '../shared/data/wyndham/fill_levels.csv');
const nab = join(root, '../shared/data/nab');
const shared = join(root, '../shared/data');
const data = join(shared, 'cambridge/electricity');
const benches: Record<string, () => Promise<void>> = {
  ingest: benchIngest,
  idle: benchIdle,
  start: () => benchStart(root),
  aggregate: benchAggregate,
  decode: benchDecode,
  register: benchRegister,
  rules: () => benchRules(root),
  bill: async () => benchBill(),
  'expected-bill': async () => {
    if (!existsSync(data))
      return console.log('expected-bill: NOT MEASURED, the Cambridge archive is not beside the project');
    benchExpectedBill(data);
  },
  forecast: async () => {
    if (!existsSync(shared)) return console.log('forecast: NOT MEASURED, no real data beside the project');
    await benchForecast(shared);
  },
  shave: async () => {
    if (!existsSync(shared)) return console.log('shave: NOT MEASURED, no real data beside the project');
    await benchShave(shared, join(root, 'config/tariffs'));
  },
  faults: benchFaults,
  comfort: benchComfort,
  messages: () => benchMessages(root),
  world: async () => benchWorld(join(root, 'config/tariffs')),
  calibration: async () => benchCalibration(shared),
  peaks: async () => {
    if (!existsSync(data))
      return console.log('peaks: NOT MEASURED, the Cambridge archive is not beside the project');
    await benchPeaks(data);
  },
  'heat-peaks': async () => {
    const boilers = join(shared, 'cambridge/gas');
    if (!existsSync(boilers))
      return console.log('heat-peaks: NOT MEASURED, the Cambridge archive is not beside the project');
    await benchHeatPeaks(boilers);
  },
  'home-peaks': async () => {
    const homes = join(shared, 'citylearn');
    if (!existsSync(homes))
      return console.log("home-peaks: NOT MEASURED, CityLearn's homes are not beside the project");
    await benchHomePeaks(homes);
  },
  fill: async () => {
    if (!existsSync(bins))
      return console.log('fill: NOT MEASURED, the Wyndham bins are not beside the project');
    await benchFill(bins);
    benchRounds(bins);
  },
  nab: async () => {
    if (!existsSync(nab))
      return console.log('nab: NOT MEASURED, the benchmark’s series are not beside the project');
    benchNab(nab);
  },
  'meter-rules': async () => {
    if (!existsSync(data))
      return console.log('meter-rules: NOT MEASURED, the Cambridge archive is not beside the project');
    benchMeterRules(shared);
  },
  meters: async () => {
    if (!existsSync(data))
      return console.log('meters: NOT MEASURED, the Cambridge archive is not beside the project');
    benchMeters(join(root, '../shared/data'));
  },
};

const wanted = process.argv.slice(2);
console.log(
  `${new Date().toISOString()}, Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
);
for (const [name, bench] of Object.entries(benches)) {
  if (wanted.length === 0 || wanted.includes(name)) await bench();
}
