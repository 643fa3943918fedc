import { describe, expect, it } from 'vitest';
import type { PlannedFault } from '../../../../simulators/truth.ts';
import type { Place, World } from '../../../../simulators/world/world.ts';
import type { Quantity } from '../../../../src/domain/quantity.ts';
import {
  at,
  DAY_MS,
  fault,
  HOUR_MS,
  load,
  MONDAY_MS,
  mean,
  meanWhen,
  series,
  winterHour,
  worldOf,
} from './one-building.ts';

const SUMMER_MS = Date.parse('2026-06-15T00:00:00+02:00');
type Given = Parameters<typeof worldOf>[0];
type Asked = Record<string, readonly [Place, Quantity, string?]>;

/** The same days with and without a fault: people, sun and cars are the same. */
function both<Name extends string>(
  planned: PlannedFault,
  asked: Record<Name, Asked[string]>,
  { days = 5, ...given }: Given & { days?: number } = {},
) {
  const startMs = given?.startMs ?? MONDAY_MS;
  const run = (world: World) => series(world, asked, { toMs: startMs + days * DAY_MS });
  return { well: run(worldOf(given)), ill: run(worldOf({ ...given, faults: [planned] })) };
}

const during =
  ({ fromMs, toMs }: PlannedFault, afterHours = 0) =>
  (atMs: number) =>
    atMs > fromMs + afterHours * HOUR_MS && atMs <= toMs;
const isNight = (atMs: number) => winterHour(atMs) > 1 && winterHour(atMs) <= 4;

describe('a fault', () => {
  it('changes nothing before it begins', () => {
    const planned = fault('water-leak');
    const { well, ill } = both(
      planned,
      { v: [at.water, 'waterVolumeL'], t: [at.one, 'airTemperatureC'] },
      { days: 2 },
    );
    expect(ill).toEqual(well);
  });

  it('of a valve stuck closed cools its flat though the supply is warm, and leaves the others', () => {
    const planned = fault('radiator-valve-stuck-closed', { subject: 'one' });
    const { well, ill } = both(planned, {
      one: [at.one, 'airTemperatureC'],
      two: [at.two, 'airTemperatureC'],
      valve: [at.one, 'valveOpenPct'],
      supply: [at.sub('radiators'), 'supplyTemperatureC'],
    });
    const late = during(planned, 24);
    expect(meanWhen(ill, ill.one, late)).toBeLessThan(meanWhen(well, well.one, late) - 1.5);
    expect(Math.abs(meanWhen(ill, ill.two, late) - meanWhen(well, well.two, late))).toBeLessThan(0.2);
    expect(meanWhen(ill, ill.valve, late)).toBe(0);
    expect(meanWhen(ill, ill.supply, late)).toBeGreaterThan(32);
  });

  it('of a valve stuck open warms its flat', () => {
    const planned = fault('radiator-valve-stuck-open', { subject: 'one' });
    const { well, ill } = both(planned, { one: [at.one, 'airTemperatureC'] });
    const late = during(planned, 12);
    expect(meanWhen(ill, ill.one, late)).toBeGreaterThan(meanWhen(well, well.one, late) + 0.7);
  });

  it('of the heating curve shows in supply, rooms and heat', () => {
    const planned = fault('heating-curve-wrong', { toMs: MONDAY_MS + 9 * DAY_MS });
    const { well, ill } = both(
      planned,
      {
        supply: [at.sub('radiators'), 'supplyTemperatureC'],
        room: [at.one, 'airTemperatureC'],
        power: [at.heat, 'heatPowerW'],
      },
      { days: 9 },
    );
    const late = during(planned, 12);
    expect(meanWhen(ill, ill.supply, late) - meanWhen(well, well.supply, late)).toBeCloseTo(8, -0.3);
    expect(meanWhen(ill, ill.room, late)).toBeGreaterThan(meanWhen(well, well.room, late) + 0.3);
    expect(meanWhen(ill, ill.power, late)).toBeGreaterThan(1.03 * meanWhen(well, well.power, late));
  });

  it('of the night set-back keeps the supply warm by night and like before by day', () => {
    const planned = fault('night-setback-failing');
    const { well, ill } = both(
      planned,
      { supply: [at.sub('radiators'), 'supplyTemperatureC'], power: [at.heat, 'heatPowerW'] },
      { details: { setbackC: 1.5 } },
    );
    const night = (atMs: number) => during(planned)(atMs) && isNight(atMs);
    const day = (atMs: number) => during(planned)(atMs) && winterHour(atMs) > 10 && winterHour(atMs) < 16;
    expect(meanWhen(ill, ill.supply, night)).toBeGreaterThan(meanWhen(well, well.supply, night) + 4);
    expect(Math.abs(meanWhen(ill, ill.supply, day) - meanWhen(well, well.supply, day))).toBeLessThan(1);
    expect(meanWhen(ill, ill.power, night)).toBeGreaterThan(1.07 * meanWhen(well, well.power, night));
  });

  it('of the circulation pump lets the circulation cool, while hot water is hot where it is drawn', () => {
    const planned = fault('circulation-pump-stopped');
    const { well, ill } = both(planned, {
      back: [at.sub('circulation'), 'hotWaterTemperatureC'],
      out: [at.sub('hot-water'), 'hotWaterTemperatureC'],
      pump: [at.sub('circulation'), 'activePowerW'],
    });
    const late = during(planned, 6);
    const evening = (atMs: number) => late(atMs) && winterHour(atMs) > 18 && winterHour(atMs) < 21;
    expect(meanWhen(well, well.back, late)).toBeGreaterThan(51);
    expect(meanWhen(ill, ill.back, late)).toBeLessThan(28);
    expect(meanWhen(ill, ill.out, evening)).toBeGreaterThan(50);
    expect(meanWhen(ill, ill.pump, late)).toBe(0);
  });

  it('of the hot water keeps it below 50 °C everywhere', () => {
    const planned = fault('hot-water-cold');
    const { ill } = both(planned, {
      out: [at.sub('hot-water'), 'hotWaterTemperatureC'],
      back: [at.heat, 'hotWaterTemperatureC', 'circulation'],
    });
    const late = during(planned, 1);
    const [out, back] = [ill.out, ill.back].map((values) =>
      Math.max(...values.filter((_, i) => late(ill.atMs[i] ?? 0))),
    );
    expect(out).toBeLessThan(50);
    expect(back).toBeLessThan(out ?? 0);
  });

  it('of heating and cooling at once costs heat and power, and hardly a degree', () => {
    const planned = fault('simultaneous-heating-cooling');
    const { well, ill } = both(planned, {
      cooling: [at.sub('cooling'), 'coolingEnergyWh'],
      heat: [at.heat, 'heatPowerW'],
      power: [at.electricity, 'activePowerW'],
      room: [at.two, 'airTemperatureC'],
    });
    const late = during(planned, 12);
    expect((ill.cooling.at(-1) ?? 0) - (ill.cooling[0] ?? 0)).toBeGreaterThan(1_000_000);
    expect(well.cooling.at(-1)).toBe(well.cooling[0]);
    expect(meanWhen(ill, ill.heat, late)).toBeGreaterThan(1.15 * meanWhen(well, well.heat, late));
    expect(meanWhen(ill, ill.power, late) - meanWhen(well, well.power, late)).toBeCloseTo(8000, -3);
    expect(meanWhen(well, well.room, late) - meanWhen(ill, ill.room, late)).toBeLessThan(1.6);
  });

  it('of the fans is heard at night, in a school', () => {
    const planned = fault('ventilation-all-night');
    const { well, ill } = both(
      planned,
      { fans: [at.sub('ventilation'), 'activePowerW'], power: [at.electricity, 'activePowerW'] },
      { details: { kind: 'school' }, spaces: 'classroom' },
    );
    const night = (atMs: number) => during(planned)(atMs) && isNight(atMs);
    expect(meanWhen(well, well.fans, night)).toBe(0);
    expect(meanWhen(ill, ill.power, night)).toBeGreaterThan(1.5 * meanWhen(well, well.power, night));
  });

  it('of a leaking pipe lets water run through the night without a pause', () => {
    const planned = fault('water-leak');
    const { well, ill } = both(planned, {
      flow: [at.water, 'flowLph'],
      hot: [at.water, 'waterVolumeL', 'hot'],
    });
    const nights = (from: typeof well) =>
      from.flow.filter((_, i) => during(planned)(from.atMs[i] ?? 0) && isNight(from.atMs[i] ?? 0));
    expect(Math.min(...nights(ill))).toBeGreaterThanOrEqual(120);
    expect(nights(well).filter((flow) => flow === 0).length).toBeGreaterThan(nights(well).length / 4);
    expect(ill.hot).toEqual(well.hot);
  });

  it('of a leaking hot pipe costs heat too', () => {
    const planned = fault('water-leak', { subject: 'hot' });
    const { well, ill } = both(planned, { power: [at.heat, 'heatPowerW'] });
    // 120 l/h from 7 to 57 °C.
    expect(
      meanWhen(ill, ill.power, during(planned)) - meanWhen(well, well.power, during(planned)),
    ).toBeCloseTo(7000, -3.3);
  });

  it('of a shifted base load adds it, day and night', () => {
    const planned = fault('base-load-shifted');
    const { well, ill } = both(planned, { energy: [at.electricity, 'activeEnergyWh'] });
    const [before, after] = [
      (ill.energy[0] ?? 0) - (well.energy[0] ?? 0),
      (ill.energy.at(-1) ?? 0) - (well.energy.at(-1) ?? 0),
    ];
    expect(after - before).toBeCloseTo(2000 * 72, -2);
  });

  it('of a solar string halves the output against the sun', () => {
    const planned = fault('pv-string-failing', {
      fromMs: SUMMER_MS + 2 * DAY_MS,
      toMs: SUMMER_MS + 5 * DAY_MS,
    });
    const { well, ill } = both(
      planned,
      { pv: [at.sub('pv'), 'activePowerW'] },
      { startMs: SUMMER_MS, details: { pvKwp: 30 } },
    );
    expect(Math.max(...well.pv)).toBeGreaterThan(15_000);
    const ratio = meanWhen(ill, ill.pv, during(planned)) / meanWhen(well, well.pv, during(planned));
    expect(ratio).toBeGreaterThan(0.45);
    expect(ratio).toBeLessThan(0.6);
  });

  it('of the chargers piles cars up on the hour in which people cook', () => {
    const planned = fault('ev-charging-on-peak', { size: 2 });
    const { well, ill } = both(planned, { ev: [at.sub('ev'), 'activePowerW'] }, { loads: [load('ev', 33)] });
    const evening = (atMs: number) =>
      during(planned)(atMs) && winterHour(atMs) > 17.5 && winterHour(atMs) <= 18.5;
    expect(meanWhen(ill, ill.ev, evening)).toBeGreaterThan(3 * meanWhen(well, well.ev, evening));
    expect(meanWhen(ill, ill.ev, evening)).toBeGreaterThan(55_000);
  });

  it('of a missed round fills a container past its brim', () => {
    const given = { startMs: MONDAY_MS };
    const planned = fault('container-round-missed', {
      subject: 'residual',
      fromMs: MONDAY_MS,
      toMs: MONDAY_MS + 13 * DAY_MS,
    });
    const { well, ill } = both(
      planned,
      { level: [at.bin('residual'), 'fillLevelPct'] },
      { ...given, days: 14 },
    );
    expect(Math.max(...well.level)).toBeLessThan(110);
    expect(Math.max(...ill.level)).toBeGreaterThan(110);
    const world = worldOf({ faults: [planned] });
    world.advance(MONDAY_MS + 21 * DAY_MS);
    const kinds = world.truth().map(({ kind }) => kind);
    expect(kinds).toEqual(
      expect.arrayContaining(['container-round-missed', 'container-full', 'container-overfilled']),
    );
  });

  it('of a fire heats a container by far more than a summer, and ends', () => {
    const planned = fault('container-fire', { subject: 'paper', toMs: MONDAY_MS + 2 * DAY_MS + HOUR_MS });
    const { well, ill } = both(planned, { air: [at.bin('paper'), 'airTemperatureC'] });
    expect(Math.max(...ill.air)).toBeGreaterThan(150);
    expect(Math.max(...well.air)).toBeLessThan(40);
    expect(ill.air.at(-1)).toBeLessThan(40);
  });

  it('of bulky waste lifts the level at once', () => {
    const planned = fault('container-bulk', { subject: 'glass' });
    const { well, ill } = both(planned, { level: [at.bin('glass'), 'fillLevelPct'] });
    const i = ill.atMs.indexOf(planned.fromMs + 15 * 60_000);
    expect((ill.level[i] ?? 0) - (well.level[i] ?? 0)).toBeCloseTo(35, 0);
  });

  it.each([
    [fault('radiator-valve-stuck-open', { subject: 'attic' }), /no space "attic"; it has one, two, three/],
    [fault('container-fire', { subject: 'x' }), /no container "x"; it has residual/],
    [fault('water-leak', { building: 'c' }), /no building c/],
    [fault('pv-string-failing'), /no solar cells/],
    [fault('water-leak', { toMs: 0 }), /ends before it begins/],
  ])('that cannot be is refused in words: %j', (planned, says) => {
    expect(() => worldOf({ faults: [planned], details: { pvKwp: 0 } })).toThrow(says);
  });

  it('is written down with its times once it has begun', () => {
    const planned = fault('water-leak');
    const world = worldOf({ faults: [planned] });
    const leaks = () => world.truth().filter(({ kind }) => kind === 'water-leak');
    expect(leaks()).toEqual([]);
    world.advance(planned.fromMs + 1);
    expect(leaks()).toEqual([
      {
        kind: 'water-leak',
        building: 'b',
        subject: 'cold',
        from: '2026-01-13T23:00:00.000Z',
        to: '2026-01-16T23:00:00.000Z',
        size: 120,
      },
    ]);
  });
});

describe('a building without a fault', () => {
  it('has no signature of one', () => {
    const world = worldOf({ loads: [load('ev', 33)] });
    const found = series(
      world,
      {
        one: [at.one, 'airTemperatureC'],
        back: [at.sub('circulation'), 'hotWaterTemperatureC'],
        out: [at.sub('hot-water'), 'hotWaterTemperatureC'],
      },
      { toMs: MONDAY_MS + 7 * DAY_MS },
    );
    expect(Math.min(...found.one)).toBeGreaterThan(19.5);
    expect(Math.min(...found.back)).toBeGreaterThan(50);
    expect(Math.min(...found.out)).toBeGreaterThan(50);
    expect(mean(found.one)).toBeCloseTo(21.5, -0.3);
  });
});
