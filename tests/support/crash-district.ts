import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isoTime } from '../../src/domain/time.ts';

const T0 = Date.UTC(2026, 0, 12);
const STEP_MS = 300_000;
const BUILDINGS = 4;

const wave = (number: number, period: number) => Math.sin((2 * Math.PI * number) / period);

/** What each building has, with values that set peaks, leave their limits, stand still and fill up: rules have work. */
const kinds: readonly {
  readonly role: string;
  readonly quantity: string;
  readonly value: (number: number) => number;
}[] = [
  {
    role: 'electricityMain',
    quantity: 'activePowerW',
    value: (n) => 60_000 + 300 * (n / 12) + 40_000 * Math.max(0, wave(n, 288)) + 35_000 * Number(n % 97 < 12),
  },
  { role: 'room', quantity: 'airTemperatureC', value: (n) => 22 + 10 * wave(n, 60) },
  { role: 'room', quantity: 'co2Ppm', value: (n) => 1200 + 1100 * wave(n, 45) },
  { role: 'container', quantity: 'fillLevelPct', value: (n) => (n * 3) % 100 },
  { role: 'submeter', quantity: 'activePowerW', value: (n) => (n % 200 < 60 ? 900 + 50 * (n % 7) : 400) },
];

/** A small district whose readings are known in advance: the n-th of each device has one time and one value. */
export const crashDistrict = {
  devices: BUILDINGS * kinds.length,
  deviceName: (device: number) => `d${device}`,
  topic: (device: number) => `kvarter/d${device}/up`,
  payload: (device: number, number: number) => {
    const { quantity, value } = kindOf(device);
    return JSON.stringify({ time: timeOf(number), values: { [quantity]: value(number) } });
  },
  /** As the API gives it. */
  reading: (device: number, number: number) => ({ at: timeOf(number), value: kindOf(device).value(number) }),
};

export async function writeCrashDistrict(dir: string): Promise<void> {
  const buildings = Array.from({ length: BUILDINGS }, (_, b) => `{ id: b${b}, name: House ${b} }`);
  const rows = Array.from(
    { length: crashDistrict.devices },
    (_, device) => `d${device},kvarter,b${device % BUILDINGS},,${kindOf(device).role}`,
  );
  await writeFile(
    join(dir, 'places.yaml'),
    `organisation: { id: o, name: O, timeZone: Europe/Stockholm }\nareas: [{ id: a, name: A, buildings: [${buildings.join(', ')}] }]\n`,
  );
  await writeFile(join(dir, 'devices.csv'), `device,model,building,space,role\n${rows.join('\n')}\n`);
}

function kindOf(device: number): (typeof kinds)[number] {
  return kinds[Math.floor(device / BUILDINGS)]!;
}

function timeOf(number: number): string {
  return isoTime(T0 + number * STEP_MS);
}
