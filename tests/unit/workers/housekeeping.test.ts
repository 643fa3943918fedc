import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startHousekeeping } from '../../../src/workers/housekeeping.ts';

beforeEach(() => {
  vi.useFakeTimers({
    now: Date.parse('2026-12-31T22:16:30Z'),
    toFake: ['setTimeout', 'clearTimeout', 'Date'],
  });
});
afterEach(() => {
  vi.useRealTimers();
});

function open(pruneAlerts: () => void) {
  const done: string[] = [];
  const housekeeping = startHousekeeping({
    journal: { trim: async () => {}, sizeBytes: () => 0, maxBytes: () => 1, freeBytes: () => 1 },
    oldest: () => undefined,
    keepHours: 1,
    pruneAlerts: () => {
      done.push('alerts');
      pruneAlerts();
    },
    pruneStore: async () => {
      done.push('store');
    },
    onTrouble: ({ message }) => done.push(message),
  });
  return { done, housekeeping };
}

test('old alerts and readings are forgotten each hour, and what hinders it is told', async () => {
  const { done, housekeeping } = open(() => {
    throw new Error('database or disk is full');
  });
  await using _ = housekeeping;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(done).toEqual(['alerts', 'database or disk is full', 'store']);
});

test('a clock that was set meanwhile, or a busy machine, puts nothing off by an hour, and writes nothing beside the log', async () => {
  const written = vi.spyOn(console, 'warn').mockReturnValue();
  const { done, housekeeping } = open(() => {});
  await using _ = housekeeping;
  vi.setSystemTime(Date.parse('2027-01-01T00:20:00Z'));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(done).toEqual(['alerts', 'store']);
  expect(written).not.toHaveBeenCalled();
});
