import { inventedRegisterFiles } from '../../../simulators/invented-register.ts';
import { createWorld } from '../../../simulators/world/world.ts';
import { parseRegister } from '../../../src/config/register.ts';
import { loadTariffs } from '../../../src/config/tariffs.ts';
import { knowsModel } from '../../../src/decode/index.ts';

const BUILDINGS = 200;
const DAY_MS = 86_400_000;
const startMs = Date.parse('2026-01-01T00:00:00+01:00');

/** A year of 200 invented buildings in one thread, billed peaks included: processor time and memory. */
export function benchWorld(tariffFolder: string): void {
  const { places, devices } = inventedRegisterFiles({ buildings: BUILDINGS });
  const tariffs = loadTariffs(tariffFolder);
  const parsed = parseRegister(
    { file: 'places.yaml', text: places },
    { file: 'devices.csv', text: devices },
    { tariffNames: new Set(tariffs.keys()), knowsModel },
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const before = process.cpuUsage();
  const world = createWorld({ register: parsed.register, tariffs, startMs, seed: 1 });
  const started = process.cpuUsage(before);
  for (let day = 1; day <= 365; day += 1) world.advance(startMs + day * DAY_MS);
  const done = process.cpuUsage(before);
  const seconds = ({ user, system }: NodeJS.CpuUsage) => (user + system) / 1e6;
  const steps = (BUILDINGS * 365 * DAY_MS) / world.stepMs;
  const perStepUs = ((seconds(done) - seconds(started)) / steps) * 1e6;
  console.log(
    `world: ${BUILDINGS} buildings, a year in steps of 5 minutes: ${seconds(done).toFixed(1)} s of processor time ` +
      `(${seconds(started).toFixed(1)} s to begin), ${perStepUs.toFixed(2)} µs a building and step, ` +
      `${Math.round(process.memoryUsage().rss / 2 ** 20)} MB, ${world.truth().length} events of truth`,
  );
}
