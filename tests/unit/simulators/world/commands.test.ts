import { describe, expect, it } from 'vitest';
import type { LoadCommand } from '../../../../simulators/world/holds.ts';
import {
  at,
  DAY_MS,
  HOUR_MS,
  load,
  MONDAY_MS,
  meanWhen,
  series,
  winterHour,
  worldOf,
} from './one-building.ts';

type Given = Parameters<typeof worldOf>[0];

/** A day with a load held from an hour on, and the same without. */
function held(
  command: Omit<LoadCommand, 'building' | 'untilMs'>,
  fromHour: number,
  hours: number,
  given: Given,
) {
  const asked = {
    sub: [at.sub(command.load), 'activePowerW'],
    energy: [at.sub(command.load), 'activeEnergyWh'],
    net: [at.electricity, 'activePowerW'],
    room: [at.one, 'airTemperatureC'],
    air: [at.one, 'co2Ppm'],
    flow: [at.water, 'flowLph'],
  } as const;
  const fromMs = MONDAY_MS + fromHour * HOUR_MS;
  const untilMs = fromMs + hours * HOUR_MS;
  const run = (isHeld: boolean) => {
    const world = worldOf(given);
    const before = series(world, asked, { toMs: fromMs });
    const answer = isHeld ? world.command({ building: 'b', untilMs, ...command }) : undefined;
    const after = series(world, asked, { toMs: MONDAY_MS + 3 * DAY_MS });
    return { before, after, answer };
  };
  const free = run(false);
  const obeyed = run(true);
  expect(obeyed.before).toEqual(free.before);
  expect(obeyed.answer).toEqual({ accepted: true, untilMs });
  const within = (atMs: number) => atMs > fromMs && atMs <= untilMs;
  const soon = (atMs: number) => atMs > untilMs && atMs <= untilMs + 3 * HOUR_MS;
  return { free: free.after, obeyed: obeyed.after, within, soon };
}

describe('a command', () => {
  it('stops chargers, and the cars are charged later to the last Wh', () => {
    const { free, obeyed, within, soon } = held({ load: 'ev', off: true }, 17, 2, {
      loads: [load('ev', 44)],
    });
    expect(meanWhen(free, free.sub, within)).toBeGreaterThan(1000);
    expect(meanWhen(obeyed, obeyed.sub, within)).toBe(0);
    expect(meanWhen(obeyed, obeyed.sub, soon)).toBeGreaterThan(meanWhen(free, free.sub, soon));
    expect((obeyed.energy.at(-1) ?? 0) / (free.energy.at(-1) ?? 1)).toBeCloseTo(1, 6);
    expect(obeyed.flow).toEqual(free.flow);
  });

  it('holds chargers to a limit', () => {
    const { obeyed, free, within } = held({ load: 'ev', limitKw: 5 }, 17, 2, { loads: [load('ev', 44)] });
    const limited = obeyed.sub.filter((_, i) => within(obeyed.atMs[i] ?? 0));
    expect(Math.max(...limited)).toBeCloseTo(5000, 6);
    expect(Math.max(...free.sub.filter((_, i) => within(free.atMs[i] ?? 0)))).toBeGreaterThan(10_000);
  });

  it('stops a heat pump: rooms cool a little, and it works harder afterwards', () => {
    const given: Given = { loads: [load('hp', 60)], details: { heating: 'heat-pump', yearBuilt: 1968 } };
    const { free, obeyed, within, soon } = held({ load: 'hp', off: true }, 17, 2, given);
    expect(meanWhen(free, free.sub, within)).toBeGreaterThan(10_000);
    expect(meanWhen(obeyed, obeyed.sub, within)).toBe(0);
    const cooledC = Math.max(...free.room.map((c, i) => c - (obeyed.room[i] ?? 0)));
    expect(cooledC).toBeGreaterThan(0.1);
    expect(cooledC).toBeLessThan(2);
    expect(meanWhen(obeyed, obeyed.sub, soon)).toBeGreaterThan(1.05 * meanWhen(free, free.sub, soon));
  });

  it('stops the laundry, whose machines go on where they were', () => {
    const { free, obeyed, within } = held({ load: 'laundry', off: true }, 13, 1, {
      loads: [load('laundry', 9)],
      seed: 4,
    });
    expect(meanWhen(free, free.sub, within)).toBeGreaterThan(500);
    expect(meanWhen(obeyed, obeyed.sub, within)).toBe(0);
    expect(obeyed.energy.at(-1)).toBeCloseTo(free.energy.at(-1) ?? 0, -2);
  });

  it('stops the hot-water heater, whose tank is heated later', () => {
    const given: Given = { loads: [load('hw', 30)], details: { heating: 'district' } };
    const { free, obeyed, within, soon } = held({ load: 'hw', off: true }, 6, 2, given);
    expect(meanWhen(free, free.sub, within)).toBeGreaterThan(1000);
    expect(meanWhen(obeyed, obeyed.sub, within)).toBe(0);
    expect(meanWhen(obeyed, obeyed.sub, soon)).toBeGreaterThan(meanWhen(free, free.sub, soon));
  });

  it('stops the fans: the air gets worse, and they blow harder afterwards', () => {
    const { free, obeyed, within, soon } = held({ load: 'vent', off: true }, 18, 0.5, {
      loads: [load('vent', 4)],
    });
    expect(meanWhen(obeyed, obeyed.sub, within)).toBe(0);
    expect(meanWhen(obeyed, obeyed.air, within)).toBeGreaterThan(meanWhen(free, free.air, within));
    expect(meanWhen(obeyed, obeyed.sub, soon)).toBeGreaterThan(meanWhen(free, free.sub, soon));
  });

  it('is ended by a room that gets too cold', () => {
    const world = worldOf({
      loads: [load('hp', 30, 48 * 60)],
      details: { heating: 'heat-pump', yearBuilt: 1955 },
      startMs: MONDAY_MS,
    });
    world.command({ building: 'b', load: 'hp', off: true, untilMs: MONDAY_MS + 48 * HOUR_MS });
    const { pump, room } = series(
      world,
      { pump: [at.sub('hp'), 'activePowerW'], room: [at.one, 'airTemperatureC'] },
      { toMs: MONDAY_MS + 48 * HOUR_MS },
    );
    expect(Math.min(...room)).toBeGreaterThan(17.5);
    expect(pump.at(-1)).toBeGreaterThan(1000);
  });

  it('holds a load no longer than the register allows, and then lets it recover', () => {
    const world = worldOf({ loads: [load('ev', 22, 60)] });
    const command = (minutes: number) =>
      world.command({ building: 'b', load: 'ev', off: true, untilMs: world.atMs + minutes * 60_000 });
    const startMs = world.atMs;
    expect(command(180)).toEqual({ accepted: true, untilMs: startMs + HOUR_MS });
    world.advance(startMs + HOUR_MS / 2);
    // Again and again is still one hour from the first.
    expect(command(180)).toEqual({ accepted: true, untilMs: startMs + HOUR_MS });
    world.advance(startMs + HOUR_MS + 1);
    expect(command(10)).toMatchObject({ accepted: false, reason: expect.stringMatching(/recovers/) });
    world.advance(startMs + 2 * HOUR_MS);
    expect(command(10)).toMatchObject({ accepted: true });
  });

  it.each([
    [{ load: 'sauna', off: true, untilMs: MONDAY_MS + HOUR_MS }, /no flexible load sauna/],
    [{ load: 'ev', off: true, untilMs: MONDAY_MS }, /its end is past/],
    [{ load: 'ev', untilMs: MONDAY_MS + HOUR_MS }, /neither off nor a limit/],
    [{ load: 'ev', off: true, untilMs: MONDAY_MS + HOUR_MS, building: 'x' }, /no building x/],
  ])('that cannot be obeyed is refused with the reason: %j', (command, reason) => {
    const world = worldOf({ loads: [load('ev', 22)] });
    expect(world.command({ building: 'b', ...command })).toEqual({
      accepted: false,
      reason: expect.stringMatching(reason),
    });
  });

  it('tells a battery what to do', () => {
    const world = worldOf({
      loads: [load('battery', 10)],
      details: { battery: { capacityKwh: 40, chargeKw: 10, dischargeKw: 10 } },
    });
    world.command({ building: 'b', load: 'battery', limitKw: 8, untilMs: MONDAY_MS + HOUR_MS });
    world.advance(MONDAY_MS + HOUR_MS / 2);
    expect(world.read(at.sub('battery'), 'activePowerW')).toBe(8000);
    expect(winterHour(world.atMs)).toBe(0.5);
  });
});
