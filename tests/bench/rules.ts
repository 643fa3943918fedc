import { isDeepStrictEqual } from 'node:util';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type AlertingContext, createAlerting } from '../../src/workers/alerting.ts';
import { knownBy } from '../support/alerting.ts';
import { districtContext, TARIFF, timesOver } from './district-state.ts';
import { type RulesDistrict, rulesDistrict } from './rules-district.ts';
import { measureStalls } from './rules-stalls.ts';

const MINUTE_MS = 60_000;
const ROUNDS = 5;
const ROUND_MINUTES = 60;
const startMs = Date.UTC(2026, 0, 15);

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

/**
 * 50,000 points through all rules as the service runs them: processor time a reading (ticks included), memory and snapshot a
 * point, once when the windows of pauses, samples and levels are full; and for two sizes after more than a month, when what is
 * kept of days is full as well: their difference tells what a point takes, and what is there once (code, tariffs, calendars).
 * Twenty times the last of them is 50,000 points after a month: how long do these stall others when they are written down?
 */
export async function benchRules(root: string): Promise<void> {
  const contextOf = districtContext(root);
  const { length } = contextOf(rulesDistrict(0, TARIFF)).rules.entries;
  console.log(`rules: ${length} entries; half of the buildings have the tariff ${TARIFF}`);
  const held = [
    { buildings: 1000, warmMinutes: 8 * 60 },
    { buildings: 10, warmMinutes: 33 * 1440 },
    { buildings: 50, warmMinutes: 33 * 1440 },
  ].map(({ buildings, warmMinutes }, at, { length: times }) => {
    const district = rulesDistrict(buildings, TARIFF);
    const { bytes, lines } = measure(contextOf(district), district, warmMinutes);
    // Of the others nothing stays that would be taken for what the next ones hold.
    return { bytes, points: district.points, lines: at === times - 1 ? lines : [] };
  });
  const [few, many] = held.slice(-2);
  if (few === undefined || many === undefined) return;
  const slope = (many.bytes - few.bytes) / (many.points - few.points);
  const once = (many.bytes - slope * many.points) / 1e6;
  console.log(
    `  after a month: ${Math.round(slope)} B for each further point, and ${once.toFixed(1)} MB once`,
  );
  const times = 20;
  console.log(`  ${times * many.points} points after a month:`);
  await measureStalls(contextOf(rulesDistrict(times * 50, TARIFF)), timesOver(many.lines, times, 50));
}

type Measured = {
  /** Heap that is held in the end. */
  readonly bytes: number;
  /** What is known in the end, a part in a line. */
  readonly lines: readonly string[];
};

/** Prints what it measures. */
function measure(context: AlertingContext, district: RulesDistrict, warmMinutes: number): Measured {
  const emptyBytes = heapBytes();
  const alerting = createAlerting(context);
  let [minute, changes] = [0, 0];
  /** Processor time of the rules alone, µs a reading: the readings are made before. */
  const run = (minutes: number): { readonly us: number; readonly readings: number } => {
    let [us, readings] = [0, 0];
    for (const end = minute + minutes; minute < end; minute += 1) {
      const batch = district.minute(startMs + minute * MINUTE_MS);
      readings += batch.length;
      const before = process.cpuUsage();
      for (const reading of batch) alerting.onReading(reading);
      alerting.onTick(startMs + (minute + 1) * MINUTE_MS);
      changes += alerting.drain().changes.length;
      us += spentUs(before);
    }
    return { us: us / readings, readings };
  };

  run(warmMinutes);
  const rounds = Array.from({ length: ROUNDS }, () => run(ROUND_MINUTES));
  const all = rounds.map(({ us }) => us).toSorted((a, b) => a - b);
  const heldBytes = heapBytes() - emptyBytes;
  const taken = best(() => Array.from(alerting.snapshot(), (part) => JSON.stringify(part)));
  const restored = best(() => {
    const again = createAlerting(context);
    for (const line of taken.result) again.restore(JSON.parse(line));
    return again;
  });
  if (!isDeepStrictEqual(knownBy(restored.result), knownBy(alerting))) {
    throw new Error('a restart forgets something');
  }
  const bytes = taken.result.reduce((sum, line) => sum + line.length, 0);
  const per = (bytes: number) =>
    `${(bytes / 1e6).toFixed(1)} MB, ${Math.round(bytes / district.points)} B a point`;
  const buildings = district.register.buildings.size;
  console.log(
    [
      `  ${district.points} points in ${buildings} buildings after ${warmMinutes / 60} h; ${changes} changes of alerts`,
      `    processor  ${Math.round(1e6 / (all[0] ?? 0))} readings/s, best of ${ROUNDS} rounds of ${rounds[0]?.readings} readings and ` +
        `${buildings * ROUND_MINUTES} ticks (${all.map((us) => us.toFixed(2)).join(', ')} µs a reading)`,
      `    heap       ${per(heldBytes)}`,
      `    snapshot   ${per(bytes)}; ${Math.round(taken.ms)} ms to take, ${Math.round(restored.ms)} ms to restore`,
    ].join('\n'),
  );
  return { bytes: heldBytes, lines: taken.result };
}

/** Processor time of the best of four. */
function best<T>(work: () => T): { readonly ms: number; readonly result: T } {
  let [ms, result] = [Number.POSITIVE_INFINITY, work()];
  for (let i = 0; i < 3; i += 1) {
    const before = process.cpuUsage();
    result = work();
    ms = Math.min(ms, spentUs(before) / 1000);
  }
  return { ms, result };
}

function spentUs(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

/** Without compiled code, of which there is the more the longer it runs, whatever is kept of the points. */
function heapBytes(): number {
  collect();
  collect();
  const kept = getHeapSpaceStatistics().filter(({ space_name }) => !CODE.test(space_name));
  return kept.reduce((sum, { space_used_size }) => sum + space_used_size, process.memoryUsage().arrayBuffers);
}

const CODE = /code|trusted/;
