import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parseRules } from '../../src/config/rules.ts';
import { loadTariffs } from '../../src/config/tariffs.ts';
import { createAlerting, openAlerting } from '../../src/workers/alerting.ts';
import { rulesDistrict } from './rules-district.ts';

const BUILDINGS = 1000;
const MINUTE_MS = 60_000;
/** Until windows of pauses, samples and levels are filled. */
const WARM_MINUTES = 8 * 60;
const ROUNDS = 5;
const ROUND_MINUTES = 60;
const startMs = Date.UTC(2026, 0, 15);

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

/** 50,000 points through all rules as the service runs them: processor time a reading, memory and snapshot a point. */
export function benchRules(root: string): void {
  const tariffs = loadTariffs(join(root, 'config/tariffs'));
  const read = parseRules('rules.yaml', readFileSync(join(root, 'config/rules.yaml'), 'utf8'));
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const tariff = [...tariffs].find(([, { power }]) => power.some(({ subscribed }) => !subscribed));
  const district = rulesDistrict(BUILDINGS, tariff?.[0] ?? '');
  const context = {
    rules: read.rules,
    holds: { powerHoldMs: 15 * MINUTE_MS, registerGapMs: 180 * MINUTE_MS },
    register: () => district.register,
    tariffs,
  };
  const emptyMb = heapMb();
  const alerting = createAlerting(context);
  let minute = 0;
  let changes = 0;
  /** Processor time of the rules alone, µs a reading; the readings are made before. */
  const run = (minutes: number): { readonly us: number; readonly readings: number } => {
    let [us, readings] = [0, 0];
    for (const end = minute + minutes; minute < end; minute += 1) {
      const batch = district.minute(startMs + minute * MINUTE_MS);
      readings += batch.length;
      const before = process.cpuUsage();
      for (const reading of batch) alerting.onReading(reading);
      alerting.onTick(startMs + (minute + 1) * MINUTE_MS);
      changes += alerting.drain().changes.length;
      const { user, system } = process.cpuUsage(before);
      us += user + system;
    }
    return { us: us / readings, readings };
  };

  const warm = run(WARM_MINUTES);
  const rounds = Array.from({ length: ROUNDS }, () => run(ROUND_MINUTES));
  const all = rounds.map(({ us }) => us).toSorted((a, b) => a - b);
  const [best = 0] = all;
  const heldMb = heapMb() - emptyMb;
  const taken = spent(() => JSON.stringify(alerting.snapshot()));
  const restored = spent(() => openAlerting(context, taken.result, fail));
  if (JSON.stringify(restored.result.snapshot()) !== taken.result)
    throw new Error('a restart forgets something');
  const per = (bytes: number) => `${Math.round(bytes / district.points)} B a point`;
  console.log(
    [
      `rules: ${district.points} points in ${BUILDINGS} buildings, ${read.rules.entries.length} entries, tariff ${tariff?.[0]}, ` +
        `${rounds[0]?.readings} readings and ${BUILDINGS * ROUND_MINUTES} ticks of buildings a round, ${changes} changes of alerts`,
      `  processor   ${Math.round(1e6 / best)} readings/s in the best of ${ROUNDS} rounds (${all.map((us) => us.toFixed(2)).join(', ')} µs a reading; ${warm.us.toFixed(2)} while learning)`,
      `  heap        ${heldMb.toFixed(1)} MB, ${per(heldMb * 1e6)}`,
      `  snapshot    ${(taken.result.length / 1e6).toFixed(1)} MB, ${per(taken.result.length)}: ${Math.round(taken.ms)} ms to take, ${Math.round(restored.ms)} ms to restore`,
    ].join('\n'),
  );
}

/** Best of three, processor time. */
function spent<T>(work: () => T): { readonly ms: number; readonly result: T } {
  let [ms, result] = [Number.POSITIVE_INFINITY, work()];
  for (let i = 0; i < 3; i += 1) {
    const before = process.cpuUsage();
    result = work();
    const { user, system } = process.cpuUsage(before);
    ms = Math.min(ms, (user + system) / 1000);
  }
  return { ms, result };
}

function heapMb(): number {
  collect();
  collect();
  return process.memoryUsage().heapUsed / 1e6;
}

function fail(error: unknown): never {
  throw error;
}
