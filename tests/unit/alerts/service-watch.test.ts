import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { type AlertStore, openAlertStore } from '../../../src/alerts/alert-store.ts';
import { type ServiceTrouble, watchService } from '../../../src/alerts/service-watch.ts';
import type { AlertChange } from '../../../src/domain/alert.ts';
import { MINUTE_MS, T0 } from './findings.ts';

const trouble = (subject: string, forMinutes: number, detail: string | undefined): ServiceTrouble => ({
  subject,
  kind: 'store',
  todo: 'Look at it.',
  severity: 'critical',
  title: `${subject} is in trouble`,
  forMs: forMinutes * MINUTE_MS,
  detail,
});

/** A watch whose time and troubles the test sets; `told` is what a notifier heard directly. */
function open(alerts: AlertStore = openAlertStore(new DatabaseSync(':memory:'), { keepDays: 30 })) {
  const told: AlertChange[] = [];
  const stand = {
    clockMs: T0,
    elapsedMs: 0,
    troubles: [] as ServiceTrouble[],
    isTaken: true,
    saved: 0,
    failed: 0,
  };
  const begin = () =>
    watchService({
      troubles: () => stand.troubles,
      clearMs: 2 * MINUTE_MS,
      alerts,
      notifiers: [
        {
          name: 'log',
          notify: async (change) => {
            if (!stand.isTaken) throw new Error('not now');
            told.push(change);
          },
        },
      ],
      onAlerts: () => {
        stand.saved += 1;
      },
      clock: () => stand.clockMs,
      elapsed: () => stand.elapsedMs,
      onTrouble: () => {
        stand.failed += 1;
      },
    });
  const pass = (minutes: number) => {
    stand.clockMs += minutes * MINUTE_MS;
    stand.elapsedMs += minutes * MINUTE_MS;
  };
  const states = () =>
    alerts
      .list({ limit: 99 })
      .map(({ subject, state, startsAtMs }) => `${subject} ${state} ${(startsAtMs - T0) / MINUTE_MS}`)
      .toSorted();
  return { stand, told, begin, pass, states, alerts };
}

describe('the watch over kvarter itself', () => {
  it('tells a trouble once it has lasted, and that it is over once all has been well for a while', () => {
    const { stand, begin, pass, states } = open();
    stand.troubles = [trouble('store', 5, undefined), trouble('disk', 0, undefined)];
    using watch = begin();
    expect(states()).toEqual([]);
    const steps: readonly [string | undefined, string[]][] = [
      ['away', ['disk firing 1', 'store pending 1']],
      ['away', ['disk firing 1', 'store pending 1']],
      ['still away', ['disk firing 1', 'store pending 1']],
      ['away', ['disk firing 1', 'store pending 1']],
      ['away', ['disk firing 1', 'store pending 1']],
      ['away', ['disk firing 1', 'store firing 1']],
      [undefined, ['disk firing 1', 'store firing 1']],
      ['away', ['disk firing 1', 'store firing 1']],
      [undefined, ['disk firing 1', 'store firing 1']],
      [undefined, ['disk firing 1', 'store firing 1']],
      [undefined, ['disk resolved 1', 'store resolved 1']],
    ];
    for (const [detail, wanted] of steps) {
      pass(1);
      stand.troubles = [trouble('store', 5, detail), trouble('disk', 0, detail)];
      watch.look();
      expect(states()).toEqual(wanted);
    }
  });

  it('is about no building, and nobody is told of what passes soon', () => {
    const { stand, begin, pass, states, alerts } = open();
    stand.troubles = [trouble('store', 5, 'away')];
    using watch = begin();
    expect(alerts.list({ limit: 1 })[0]).not.toHaveProperty('building');
    pass(1);
    stand.troubles = [trouble('store', 5, undefined)];
    watch.look();
    expect([states(), stand.saved]).toEqual([[], 2]);
  });

  it('goes on after a restart with the same alerts, and ends those that are no longer watched', () => {
    const { stand, begin, pass, states } = open();
    stand.troubles = [
      trouble('store', 5, 'away'),
      trouble('disk', 0, 'full'),
      trouble('broker a', 0, 'away'),
    ];
    begin()[Symbol.dispose]();
    pass(6);
    stand.troubles = [trouble('store', 5, 'away'), trouble('disk', 0, 'full')];
    using watch = begin();
    expect(states()).toEqual(['broker a resolved 0', 'disk firing 0', 'store firing 0']);
    pass(1);
    stand.troubles = [trouble('store', 5, 'away'), trouble('disk', 0, undefined)];
    watch.look();
    pass(2);
    watch.look();
    expect(states()).toEqual(['broker a resolved 0', 'disk resolved 0', 'store firing 0']);
  });

  it('ends at once what is not watched any more, and tells it anew when it is again', () => {
    const { stand, begin, pass, states } = open();
    const silent = trouble('load b1/hp', 0, 'no answer');
    stand.troubles = [silent, trouble('store', 0, 'away')];
    using watch = begin();
    pass(1);
    stand.troubles = stand.troubles.slice(1);
    watch.look();
    expect(states()).toEqual(['load b1/hp resolved 0', 'store firing 0']);
    pass(1);
    stand.troubles = [silent, ...stand.troubles];
    watch.look();
    expect(states()).toEqual(['load b1/hp firing 2', 'load b1/hp resolved 0', 'store firing 0']);
  });

  it('goes on waiting after a restart, and no longer than without one', () => {
    const { stand, begin, pass, states } = open();
    stand.troubles = [trouble('store', 5, 'away')];
    begin()[Symbol.dispose]();
    pass(4);
    using watch = begin();
    expect(states()).toEqual(['store pending 0']);
    pass(1);
    watch.look();
    expect(states()).toEqual(['store firing 0']);
  });

  it('writes nothing down while nothing changes', () => {
    const kept = openAlertStore(new DatabaseSync(':memory:'), { keepDays: 30 });
    let saves = 0;
    const { stand, begin, pass } = open({
      ...kept,
      save: (...change) => {
        saves += 1;
        kept.save(...change);
      },
    });
    stand.troubles = [trouble('disk', 0, '90 % full')];
    using watch = begin();
    for (let look = 0; look < 3; look += 1) {
      pass(1);
      watch.look();
    }
    expect(saves).toBe(1);
  });

  it('keeps what it says now of a trouble that goes on', () => {
    const { stand, begin, pass, alerts } = open();
    stand.troubles = [trouble('disk', 0, '90 % full')];
    using watch = begin();
    pass(1);
    stand.troubles = [trouble('disk', 0, '99 % full')];
    watch.look();
    expect([alerts.list({ limit: 1 })[0]?.detail, stand.saved]).toEqual(['99 % full. Look at it.', 1]);
  });

  it('leaves its alerts alone when the rules have lost theirs', () => {
    const { stand, begin, states, alerts } = open();
    stand.troubles = [trouble('disk', 0, 'full')];
    using _ = begin();
    alerts.closeOpen(T0, ['log']);
    expect(states()).toEqual(['disk firing 0']);
  });

  it('waits as long when the clock is set back meanwhile', () => {
    const { stand, begin, pass, states } = open();
    stand.troubles = [trouble('store', 5, 'away')];
    using watch = begin();
    pass(1);
    watch.look();
    stand.clockMs -= 60 * MINUTE_MS;
    pass(3.9);
    watch.look();
    expect(states()).toEqual(['store pending -60']);
    pass(0.1);
    watch.look();
    expect(states()).toEqual(['store firing -60']);
  });

  it('goes by the time that has passed while the clock is slewed, and by a clock that is set forward', () => {
    const { stand, begin, pass, states } = open();
    stand.troubles = [trouble('store', 5, 'away')];
    using watch = begin();
    stand.clockMs -= 900;
    watch.look();
    pass(4.99);
    watch.look();
    expect(states()).toEqual(['store pending 0']);
    pass(0.01);
    watch.look();
    expect(states()).toEqual(['store firing 0']);
    stand.clockMs += 60 * MINUTE_MS;
    stand.troubles = [trouble('store', 5, 'away'), trouble('disk', 0, 'full')];
    watch.look();
    expect(states()).toEqual([`disk firing ${65 - 900 / MINUTE_MS}`, 'store firing 0']);
  });

  it('tells that a trouble is over as of the time that the clock shows since it was set back', () => {
    const { stand, begin, pass, alerts } = open();
    stand.troubles = [trouble('disk', 0, 'full')];
    stand.clockMs += 60 * MINUTE_MS;
    using watch = begin();
    pass(10);
    stand.troubles = [trouble('disk', 0, undefined)];
    watch.look();
    pass(1);
    stand.clockMs -= 60 * MINUTE_MS;
    watch.look();
    expect(alerts.list({ limit: 1 })).toMatchObject([{ state: 'firing', startsAtMs: T0, firedAtMs: T0 }]);
    pass(1);
    watch.look();
    const endsAtMs = T0 + 10 * MINUTE_MS;
    expect(alerts.list({ limit: 1 })).toMatchObject([{ state: 'resolved', endsAtMs }]);
  });

  it('tells nothing as of the time that a clock showed before it was set back', () => {
    const { stand, begin, pass, states } = open();
    stand.troubles = [trouble('disk', 0, 'full'), trouble('store', 0, undefined)];
    using watch = begin();
    stand.clockMs += 60 * MINUTE_MS;
    stand.troubles = [trouble('disk', 0, 'full'), trouble('store', 0, 'away')];
    watch.look();
    pass(1);
    stand.clockMs -= 60 * MINUTE_MS;
    watch.look();
    expect(states()).toEqual(['disk firing 0', 'store firing 0']);
    stand.troubles = [trouble('disk', 0, undefined), trouble('store', 0, undefined)];
    watch.look();
    pass(2);
    watch.look();
    expect(states()).toEqual(['disk resolved 0', 'store resolved 0']);
  });
});

describe('when the state database cannot be written', () => {
  it('the notifiers are told directly, each thing once, and it is saved when it can be', async () => {
    const kept = openAlertStore(new DatabaseSync(':memory:'), { keepDays: 30 });
    let isFull = true;
    const { stand, told, begin, pass, states } = open({
      ...kept,
      save: (...change) => {
        if (isFull) throw new Error('database or disk is full');
        kept.save(...change);
      },
    });
    stand.troubles = [trouble('journal', 0, 'no space left on device'), trouble('store', 5, 'away')];
    stand.isTaken = false;
    using watch = begin();
    await tick();
    expect(told).toEqual([]);
    stand.isTaken = true;
    for (let look = 0; look < 3; look += 1) {
      watch.look();
      await tick();
    }
    expect(told.map(({ alert }) => `${alert.subject} ${alert.state}`)).toEqual(['journal firing']);
    expect([states(), stand.saved, stand.failed]).toEqual([[], 0, 4]);
    isFull = false;
    pass(1);
    watch.look();
    expect([states(), stand.saved]).toEqual([['journal firing 0', 'store pending 0'], 1]);
    expect(kept.list({ limit: 9, state: 'firing' })[0]?.id).toBe(told[0]?.alert.id);
  });
});

const tick = () => new Promise((resolve) => setImmediate(resolve));
