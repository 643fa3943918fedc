import { describe, expect, it } from 'vitest';
import { createChance } from '../../../../simulators/chance.ts';
import { createCalendar } from '../../../../simulators/world/calendar.ts';
import { type ContainerDetails, containersOf } from '../../../../simulators/world/container-details.ts';
import { isPickup } from '../../../../simulators/world/containers.ts';
import { at, DAY_MS, HOUR_MS, MONDAY_MS, mean, series, worldOf } from './one-building.ts';

const WEEKS = 8;

function levels(given: Parameters<typeof worldOf>[0] = {}) {
  const world = worldOf(given);
  const bins = world.details.get('b')?.containers ?? [];
  const asked = Object.fromEntries(bins.map(({ id }) => [id, [at.bin(id), 'fillLevelPct'] as const]));
  return {
    bins,
    found: series(world, asked, { toMs: MONDAY_MS + WEEKS * 7 * DAY_MS, everyMs: HOUR_MS }),
    world,
  };
}

describe('containers', () => {
  it('of each fraction fill up and are emptied on their days', () => {
    const { bins, found } = levels();
    expect(bins.map(({ fraction }) => fraction)).toEqual(['residual', 'paper', 'food', 'plastic', 'glass']);
    const calendar = createCalendar('Europe/Stockholm');
    for (const bin of bins) {
      const level = found[bin.id] ?? [];
      const emptied = found.atMs.filter((_, i) => (level[i] ?? 0) < (level[i - 1] ?? 0) - 15);
      expect(emptied.length, bin.id).toBeGreaterThanOrEqual(
        (WEEKS * bin.pickupWeekdays.length) / bin.everyWeeks - 1,
      );
      for (const atMs of emptied) expect(isPickup(bin, calendar(atMs)), bin.id).toBe(true);
      expect(Math.max(...level), bin.id).toBeGreaterThan(45);
    }
  });

  it('fill at the week’s end more than in the middle, and not at night', () => {
    const { bins, found } = levels({ seed: 2 });
    const weekday = [0, 0, 0, 0, 0, 0, 0];
    let [byNight, byDay] = [0, 0];
    for (const { id } of bins) {
      const level = found[id] ?? [];
      for (const [i, atMs] of found.atMs.entries()) {
        const rise = Math.max((level[i] ?? 0) - (level[i - 1] ?? level[i] ?? 0), 0);
        const local = new Date(atMs - 1 + HOUR_MS);
        const day = (local.getUTCDay() + 6) % 7;
        weekday[day] = (weekday[day] ?? 0) + rise;
        if (local.getUTCHours() < 5) byNight += rise;
        else byDay += rise;
      }
    }
    expect(mean([weekday[5] ?? 0, weekday[6] ?? 0])).toBeGreaterThan(1.1 * mean(weekday.slice(1, 4)));
    expect(byNight).toBeLessThan(0.03 * byDay);
  });

  it('are emptied by a collection list only, where it is asked for', () => {
    const { found, world } = levels({ collection: 'list' });
    expect(Math.max(...(found.residual ?? []))).toBe(160);
    expect(world.collect('b', 'residual')).toBe(true);
    expect(world.read(at.bin('residual'), 'fillLevelPct')).toBe(0);
    expect(world.collect('b', 'sand')).toBe(false);
    expect(world.collect('x', 'residual')).toBe(false);
    const full = world
      .truth()
      .find(({ kind, subject }) => kind === 'container-full' && subject === 'residual');
    expect(full).toMatchObject({ building: 'b', to: null });
    const nearly = world
      .truth()
      .find(({ kind, subject }) => kind === 'container-nearly-full' && subject === 'residual');
    expect(Date.parse(nearly?.from ?? '')).toBeLessThan(Date.parse(full?.from ?? ''));
    world.advance(world.atMs + HOUR_MS);
    expect(world.truth().find(({ from }) => from === full?.from)).toMatchObject({
      to: expect.stringMatching(/^2026/),
    });
  });

  it('into which somebody throws much at once say so in the truth, planned or not', () => {
    const { bins, found, world } = levels({ seed: 1 });
    const bulk = world.truth().filter(({ kind }) => kind === 'container-bulk');
    expect(bulk.length).toBeGreaterThan(0);
    for (const { subject, from, to, size } of bulk) {
      const level = found[bins.find(({ id }) => id === subject)?.id ?? ''] ?? [];
      const at = found.atMs.findIndex((atMs) => atMs > Date.parse(from));
      expect((level[at] ?? 0) - (level[at - 1] ?? 0)).toBeGreaterThan(size - 2);
      expect(Date.parse(to ?? '') - Date.parse(from)).toBe(DAY_MS);
    }
  });

  it('with rounds every other week are passed by in between', () => {
    const bin: ContainerDetails = {
      id: 'x',
      fraction: 'paper',
      volumeL: 1,
      share: 1,
      pickupWeekdays: [2],
      everyWeeks: 2,
    };
    const calendar = createCalendar('Europe/Stockholm');
    const days = Array.from({ length: 28 }, (_, day) =>
      isPickup(bin, calendar(MONDAY_MS + day * DAY_MS + HOUR_MS)),
    );
    expect(days.flatMap((is, day) => (is ? [day] : [])).length).toBe(2);
  });

  it('are what the register says of them, with as many beside them as their house needs', () => {
    const rows = [
      { id: 'x', fraction: 'Paper', volumeL: 660 },
      { id: 'y', fraction: 'residual', volumeL: 100_000 },
      { id: 'z', fraction: 'unheard of' },
    ];
    const found = containersOf(rows, { persons: 100, kind: 'multi-family' }, createChance(1));
    expect(found.map(({ fraction }) => fraction)).toEqual(['paper', 'residual', 'food']);
    expect(found.map(({ volumeL }) => volumeL)).toEqual([660, 100_000, expect.any(Number)]);
    expect(found[0]?.share).toBeLessThan(0.6);
    expect(found[1]?.share).toBe(1);
  });
});
