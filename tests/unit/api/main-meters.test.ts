import { expect, it } from 'vitest';
import { loadOf, mainMeters } from '../../../src/api/main-meters.ts';
import { QUARTER_MS } from '../../../src/domain/interval.ts';
import type { ReadingStore } from '../../../src/store/store.ts';
import { registerOf } from '../../support/readings.ts';

const T0 = Date.UTC(2026, 0, 15);

it('asks the store once for a district, however many of its meters were exchanged, and for what an exchange cuts', async () => {
  const exchanged = Array.from({ length: 100 }, (_, n) => {
    const atMs = T0 + n * QUARTER_MS + (n === 7 ? 60_000 : 0);
    const device = { model: 'kvarter', building: 'b1', role: 'electricityMain' } as const;
    return [
      { id: `old-${n}`, ...device, replacedBy: `new-${n}`, countsToMs: atMs },
      { id: `new-${n}`, ...device, countsFromMs: atMs },
    ];
  }).flat();
  const asked: string[] = [];
  const store: Pick<ReadingStore, 'load' | 'intervals'> = {
    load: async ({ meters }) => {
      asked.push(`load of ${meters.length}`);
      return [];
    },
    intervals: async ({ meter, fromMs, toMs }) => {
      asked.push(`${meter.device} ${(fromMs - T0) / QUARTER_MS} to ${(toMs - T0) / QUARTER_MS}`);
      return [];
    },
  };
  const meters = mainMeters(registerOf([{ id: 'b1' }], exchanged), new Set(['b1']), () => []);
  await loadOf(store, meters, { fromMs: T0, toMs: T0 + 100 * QUARTER_MS });
  expect(asked).toEqual(['load of 200', 'old-7 7 to 8', 'new-7 7 to 8']);
});

it('are those of electricity, or of heat', () => {
  const device = { model: 'kvarter', building: 'b1' };
  const register = registerOf(
    [{ id: 'b1' }],
    [
      { id: 'el', ...device, role: 'electricityMain' },
      { id: 'heat', ...device, role: 'heatMain', replacedBy: 'heat-2', countsToMs: T0 },
      { id: 'heat-2', ...device, role: 'heatMain', countsFromMs: T0 },
      { id: 'pump', ...device, role: 'submeter' },
    ],
  );
  const namesOf = (carrier: 'electricity' | 'heat') =>
    mainMeters(register, new Set(['b1']), () => [], carrier).map(({ meter, series }) => [
      meter.device,
      meter.carrier,
      series,
    ]);
  expect(namesOf('electricity')).toEqual([['el', 'electricity', 'el|electricity|']]);
  expect(namesOf('heat')).toEqual([
    ['heat', 'heat', 'heat-2|heat|'],
    ['heat-2', 'heat', 'heat-2|heat|'],
  ]);
});
