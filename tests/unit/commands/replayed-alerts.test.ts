import { expect, it } from 'vitest';
import { openReplayedAlerts } from '../../../src/commands/replayed-alerts.ts';
import type { AlertChange } from '../../../src/domain/alert.ts';
import { registerOf } from '../../support/readings.ts';
import { become, MINUTE_MS, T0 } from '../alerts/findings.ts';

const parents = [{ parent: 'meter-ratio', child: 'night-base-load', by: 'main' }] as const;
const GRACE_MINUTES = 30;

/** What is printed for each batch of changes, and when it ended. */
function printed(...batches: readonly (readonly [AlertChange[], untilMs: number])[]) {
  using alerts = openReplayedAlerts({
    register: registerOf([{ id: 'b1' }], []),
    parents,
    graceMinutes: GRACE_MINUTES,
  });
  return batches.map(([changes, untilMs]) =>
    alerts.linesOf({ changes, refreshed: [] }, untilMs).map((line) => {
      const { id, state, at, heldBy, heldFor } = JSON.parse(line);
      return [id, state, (Date.parse(at) - T0) / MINUTE_MS, heldBy, heldFor];
    }),
  );
}

const parent = { id: 'p', rule: 'meter-ratio', subject: 'b1', building: 'b1' };
const child = { id: 'c', rule: 'night-base-load', subject: 'b1', building: 'b1' };

it('a replay says of an alert what holds it back, and tells it when nothing does any more', () => {
  const over = T0 + (10 + GRACE_MINUTES) * MINUTE_MS;
  expect(
    printed(
      [[become('firing', parent), become('firing', child)], T0 + 5 * MINUTE_MS],
      [[become('resolved', parent)], T0 + 10 * MINUTE_MS],
      [[], over],
      [[], over + MINUTE_MS],
    ),
  ).toEqual([
    [
      ['p', 'firing', 2, undefined, undefined],
      ['c', 'firing', 2, 'parent', 'p'],
    ],
    [['p', 'resolved', 10, undefined, undefined]],
    [['c', 'firing', 10 + GRACE_MINUTES, undefined, undefined]],
    [],
  ]);
});

it('a replay tells no more of an alert that is over before what holds it back', () => {
  expect(
    printed(
      [[become('firing', parent), become('firing', child)], T0 + 5 * MINUTE_MS],
      [[become('resolved', child)], T0 + 10 * MINUTE_MS],
      [[become('resolved', parent)], T0 + 3 * 1440 * MINUTE_MS],
    ).map((lines) => lines.map(([id, state]) => `${id} ${state}`)),
  ).toEqual([['p firing', 'c firing'], ['c resolved'], ['p resolved']]);
});
