import { expect, test } from 'vitest';
import { batteryLoadOf } from '../../../src/batteries/battery-load.ts';
import { HOUR_MS, QUARTER_MS } from '../../../src/domain/interval.ts';
import type { LoadCommand } from '../../../src/domain/load-command.ts';
import { registerOf } from '../../support/readings.ts';

const T = Date.parse('2026-01-15T12:00:00Z');
const battery = {
  id: 'bat',
  capacityKwh: 10,
  chargeKw: 4,
  dischargeKw: 4,
  chargeEfficiency: 1,
  dischargeEfficiency: 1,
  lossPerHour: 0,
  exportLimitKw: 0,
  reserve: 0,
  socDevice: 'bat-1',
};
const register = registerOf(
  [{ battery }],
  [{ id: 'main', model: 'kvarter', building: 'b1', role: 'electricityMain' }],
);
const building = register.buildings.get('b1');

function commanded(fromQuarter: number, state: LoadCommand['state']): LoadCommand {
  const atMs = T + fromQuarter * QUARTER_MS;
  const untilMs = atMs + QUARTER_MS;
  return {
    id: 'c',
    building: 'b1',
    load: 'bat',
    powerKw: -3,
    gridKw: 7,
    cause: 'battery-plan',
    atMs,
    untilMs,
    state,
  };
}

/** Four quarters, of 10, 10, unknown and 10 kW at the main meter; the battery says `ownW` by quarter. */
async function loadWith(ownW: ReadonlyMap<number, number>, commands: readonly LoadCommand[]) {
  if (!building) throw new Error('no building');
  return batteryLoadOf({
    store: {
      load: async () =>
        [0, 1, 3].map((n) => ({
          fromMs: T + n * QUARTER_MS,
          energyWh: 2500,
          powerW: 10_000,
          coverageSum: 1,
          meters: 1,
        })),
      intervals: async () => [],
      last: async () => [],
      means: async () => [...ownW].map(([n, mean]) => ({ fromMs: T + n * QUARTER_MS, mean, count: 1 })),
    },
    register,
    channelsOf: () => [],
    building,
    battery,
    span: { fromMs: T, toMs: T + HOUR_MS },
    stepMs: QUARTER_MS,
    commands,
  });
}

test('the load is what the main meters say less what the battery says; an unknown quarter stays unknown', async () => {
  const { netKw, gridKw } = await loadWith(
    new Map([
      [0, -3000],
      [1, 2000],
    ]),
    [],
  );
  expect([...gridKw]).toEqual([10, 10, Number.NaN, 10]);
  expect([...netKw]).toEqual([13, 8, Number.NaN, 10]);
});

test('of a quarter in which the battery was commanded and says nothing the load is unknown; a dry run changes nothing', async () => {
  const said = await loadWith(new Map([[0, -3000]]), [commanded(0, 'accepted'), commanded(1, 'sent')]);
  expect([...said.netKw]).toEqual([13, Number.NaN, Number.NaN, 10]);
  const dry = await loadWith(new Map(), [commanded(0, 'dryRun'), commanded(1, 'refused')]);
  expect([...dry.netKw]).toEqual([10, 10, Number.NaN, 10]);
});
