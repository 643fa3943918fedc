import type { Quantity } from '../../../../src/domain/quantity.ts';
import type { Reading, Role } from '../../../../src/domain/reading.ts';
import type { Device, Register } from '../../../../src/domain/register.ts';
import { readingOf, registerOf } from '../../../support/readings.ts';

const MINUTE = 60_000;
const STEPS_A_DAY = 144;
const DAYS = 3;
const T0 = Date.UTC(2026, 0, 14, 23);

type Series = {
  readonly device: string;
  readonly quantity: Quantity;
  readonly role?: Role;
  /** By the step of ten minutes; undefined: it is silent. */
  readonly value: (step: number) => number | undefined;
};

const noise = (step: number) => ((step * 7919) % 101) / 101;
const between = (step: number, from: number, to: number) => step >= from && step < to;

/** Of each rule something to tell, and the end of most of it. */
const series: readonly Series[] = [
  {
    device: 'meter',
    quantity: 'activePowerW',
    role: 'electricityMain',
    value: (step) => (between(step, 340, 352) ? 60_000 : 20_000) + 3000 * noise(step),
  },
  {
    device: 'room',
    quantity: 'airTemperatureC',
    role: 'room',
    value: (step) => (between(step, 100, 130) || between(step, 300, 420) ? 13 : 21) + noise(step),
  },
  { device: 'room', quantity: 'batteryPct', role: 'room', value: (step) => 12 - step / 60 },
  {
    device: 'stuck',
    quantity: 'co2Ppm',
    role: 'room',
    value: (step) => (between(step, 150, 240) ? 800 : 600 + 200 * noise(step)),
  },
  {
    device: 'silent',
    quantity: 'relativeHumidityPct',
    value: (step) => (between(step, 60, 90) || step > 380 ? undefined : 40 + 5 * noise(step)),
  },
  {
    device: 'bin',
    quantity: 'fillLevelPct',
    role: 'container',
    value: (step) => (step % 6 === 0 ? ((step / 6) * 3) % 101 : undefined),
  },
  {
    device: 'bin',
    quantity: 'airTemperatureC',
    role: 'container',
    value: (step) => (step % 6 === 0 ? (between(step, 200, 215) ? 48 : 3) : undefined),
  },
  {
    device: 'bin',
    quantity: 'tilted',
    role: 'container',
    value: (step) => (step % 50 === 0 ? 0 : undefined),
  },
  {
    device: 'water',
    quantity: 'leaking',
    role: 'waterMain',
    value: (step) => (between(step, 40, 55) || between(step, 290, 310) ? 1 : 0),
  },
  {
    device: 'lora',
    quantity: 'linkError',
    value: (step) => (step === 10 || step === 250 ? 1 : undefined),
  },
];

/** Three winter days of two buildings in trouble, one a few hours behind the other. */
export function troubledDays(): { readonly readings: readonly Reading[]; readonly register: Register } {
  const buildings = ['b1', 'b2'] as const;
  const readings = buildings.flatMap((building, b) =>
    series.flatMap(({ device, quantity, role, value }) => {
      const about = { device: `${building}-${device}`, quantity, building, ...(role ? { role } : {}) };
      // One object for all readings of a point, as the register gives it.
      const { point } = readingOf(about, T0, 0);
      return Array.from({ length: DAYS * STEPS_A_DAY }, (_, step): Reading[] => {
        const found = step < b * 20 ? undefined : value(step - b * 20);
        const atMs = T0 + step * 10 * MINUTE + b * 17_000;
        return found === undefined ? [] : [{ point, atMs, value: found, receivedAtMs: atMs }];
      }).flat();
    }),
  );
  const devices = buildings.flatMap((building) =>
    [...new Set(series.map(({ device }) => device))].map((device): Device => {
      const role = series.find((one) => one.device === device)?.role;
      return { id: `${building}-${device}`, model: 'kvarter', building, ...(role ? { role } : {}) };
    }),
  );
  return {
    readings: readings.toSorted((a, b) => a.atMs - b.atMs),
    register: registerOf(
      buildings.map((id) => ({ id })),
      devices,
    ),
  };
}
