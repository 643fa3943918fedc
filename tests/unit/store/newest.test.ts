import { expect, it } from 'vitest';
import { createNewest } from '../../../src/store/newest.ts';
import { createTurns } from '../../../src/store/turns.ts';
import { readingOf } from '../../support/readings.ts';

const point = { device: 'd', quantity: 'co2Ppm' } as const;
const channel = { ...point, channel: 'a' } as const;

it('the newest reading of a point is the one with the latest time, and of equal times what was written last', async () => {
  let scans = 0;
  const found = Promise.withResolvers<void>();
  const newest = createNewest(async () => {
    scans += 1;
    await found.promise;
    return [
      { point, atMs: 20, value: 1 },
      { point: channel, atMs: 20, value: 2 },
      { point: { ...point, device: 'e' }, atMs: 20, value: 3 },
    ];
  });
  newest.stored([readingOf(point, 10, 4), readingOf(channel, 20, 5)]);
  const all = newest.all();
  newest.stored([readingOf({ ...point, device: 'e' }, 30, 6)]);
  found.resolve();
  // Without the place of what was written.
  expect(await all).toEqual([
    { point, atMs: 20, value: 1 },
    { point: channel, atMs: 20, value: 5 },
    { point: { ...point, device: 'e' }, atMs: 30, value: 6 },
  ]);
  newest.stored([readingOf(point, 20, 7), readingOf(point, 15, 8)]);
  expect((await newest.all())[0]).toEqual({ point, atMs: 20, value: 7 });
  expect(scans).toBe(1);
});

it('the store is looked through again when that has failed', async () => {
  let isDown = true;
  const newest = createNewest(async () => {
    if (isDown) throw new Error('down');
    return [{ point, atMs: 20, value: 1 }];
  });
  await expect(newest.all()).rejects.toThrow('down');
  isDown = false;
  expect(await newest.all()).toEqual([{ point, atMs: 20, value: 1 }]);
});

it('tasks run in the order they came, so many at once, whether they go well or not', async () => {
  const turns = createTurns(2);
  await turns.settled();
  const [began, ended]: [number[], number[]] = [[], []];
  const gates = Array.from({ length: 4 }, () => Promise.withResolvers<void>());
  const runs = gates.map((gate, n) =>
    turns.run(async () => {
      began.push(n);
      await gate.promise;
      if (n === 0) throw new Error('wrong');
      return n;
    }),
  );
  const results = Promise.allSettled(runs);
  const settled = turns.settled().then(() => ended.push(began.length));
  expect(began).toEqual([0, 1]);
  gates[0]?.resolve();
  await expect(runs[0]).rejects.toThrow('wrong');
  expect([began, ended]).toEqual([[0, 1, 2], []]);
  for (const gate of gates) gate.resolve();
  expect((await results).map((one) => (one.status === 'fulfilled' ? one.value : 'wrong'))).toEqual([
    'wrong',
    1,
    2,
    3,
  ]);
  await settled;
  expect([began, ended]).toEqual([[0, 1, 2, 3], [4]]);
  expect(await turns.run(async () => 5)).toBe(5);
});
