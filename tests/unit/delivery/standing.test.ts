import { expect, it } from 'vitest';
import type { AlertLife } from '../../../src/alerts/alert-store.ts';
import { standingIn } from '../../../src/delivery/standing.ts';
import type { Alert } from '../../../src/domain/alert.ts';
import { alert, MINUTE_MS, T0 } from '../alerts/findings.ts';

const by = { by: 'Anna', atMs: T0 };
const silence = {
  id: 's',
  scope: {},
  fromMs: T0,
  untilMs: T0 + 1,
  by: 'Anna',
  reason: 'work',
  createdAtMs: T0,
};
const open = { is: 'open' };
const over = { is: 'over' };
const waits = (minutes: number) => ({ is: 'waits', untilMs: T0 + minutes * MINUTE_MS });

it.each<
  [what: string, state: Alert['state'] | undefined, life: AlertLife, isSilent: boolean, standing: object]
>([
  ['it fires', 'firing', {}, false, open],
  ['it is over', 'resolved', {}, false, over],
  ['it is forgotten', undefined, {}, false, over],
  ['it is taken on', 'firing', { acknowledgement: by }, false, over],
  [
    'it is taken on for a while',
    'firing',
    { acknowledgement: { ...by, untilMs: T0 + 9 * MINUTE_MS } },
    false,
    waits(9),
  ],
  ['that while is over', 'firing', { acknowledgement: { ...by, untilMs: T0 } }, false, open],
  ['another alert holds it', 'firing', { held: { by: 'parent', ref: 'p', sinceMs: T0 } }, false, waits(1)],
  ['a silence covers it by now', 'firing', {}, true, waits(1)],
])('somebody more is called, or not, when %s', (_, state, life, isSilent, standing) => {
  const alerts = {
    find: () => (state === undefined ? undefined : alert({ state })),
    lifeOf: () => life,
  };
  const silences = { covering: () => (isSilent ? silence : undefined) };
  expect(standingIn(alerts, silences)('x', T0)).toEqual(standing);
});
