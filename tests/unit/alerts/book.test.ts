import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAlertBook } from '../../../src/alerts/book.ts';
import { type AlertChange, type Finding, severities } from '../../../src/domain/alert.ts';
import { finding, MINUTE_MS, T0 } from './findings.ts';

/** `firing@2`: minutes after T0; `resolved@9/4`: and when the condition ended, if that was another moment. */
function inWords({ alert, atMs }: AlertChange): string {
  const minute = (ms: number) => (ms - T0) / MINUTE_MS;
  const ended = alert.endsAtMs === undefined || alert.endsAtMs === atMs ? '' : `/${minute(alert.endsAtMs)}`;
  return `${alert.state}@${minute(atMs)}${ended}`;
}

describe('the alert book, a finding and a tick a minute (+ holds, - is gone, _ says nothing)', () => {
  it.each([
    ['fires at once without a waiting time', 0, 0, '+ _ _', 'firing@0'],
    ['waits, and fires when the time has passed', 2, 0, '+ _ _ _', 'pending@0 firing@2'],
    ['fires in the minute it is due, not before', 2, 0, '+ _', 'pending@0'],
    [
      'waits from the first finding on, however often it is said again',
      3,
      0,
      '+ + + + +',
      'pending@0 firing@3',
    ],
    ['ends quietly when the condition goes before the time', 3, 0, '+ _ - _ _', 'pending@0 resolved@2'],
    ['ends quietly at once, whatever the clearing time', 3, 5, '+ - _ _ _', 'pending@0 resolved@1'],
    ['is resolved at once without a clearing time', 0, 0, '+ _ - _', 'firing@0 resolved@2'],
    ['is resolved after the clearing time, and ended before it', 0, 2, '+ - _ _ _', 'firing@0 resolved@3/1'],
    ['clears from the first word of its end on', 0, 3, '+ - - - _', 'firing@0 resolved@4/1'],
    ['goes on firing when the condition is back in time', 0, 2, '+ - + _ _ _', 'firing@0'],
    ['clears anew after it was back', 0, 2, '+ - + - _ _', 'firing@0 resolved@5/3'],
    ['is another alert when the condition is back later', 0, 0, '+ - +', 'firing@0 resolved@1 firing@2'],
    ['settles what is due before a finding of that minute', 2, 0, '+ _ -', 'pending@0 firing@2 resolved@2'],
    ['is too late to go on when its clearing time is over', 0, 1, '+ - +', 'firing@0 resolved@2/1 firing@2'],
    ['has nothing to say of the end of what never was', 0, 0, '- _ -', ''],
  ])('%s', (_what, forMinutes, clearMinutes, series, expected) => {
    const times = { forMs: forMinutes * MINUTE_MS, clearMs: clearMinutes * MINUTE_MS };
    // The tick may come before or after the minute's finding, or when all is over: the changes are the same.
    for (const ticks of ['before', 'after', 'last'] as const) {
      const book = createAlertBook();
      const steps = series.split(' ');
      for (const [minute, step] of steps.entries()) {
        const atMs = T0 + minute * MINUTE_MS;
        if (ticks === 'before') book.onTick('BYGG-1', atMs);
        if (step !== '_') book.onFinding(finding({ ...times, atMs, holds: step === '+' }));
        if (ticks === 'after') book.onTick('BYGG-1', atMs);
      }
      if (ticks === 'last') book.onTick('BYGG-1', T0 + (steps.length - 1) * MINUTE_MS);
      expect(book.drain().changes.map(inWords).join(' ')).toBe(expected);
    }
  });
});

describe('an alert', () => {
  it('has an id that follows from rule, subject and start', () => {
    const ids = [finding(), finding(), finding({ subject: 'S2' }), finding({ atMs: T0 + 1 })].map((found) => {
      const book = createAlertBook();
      book.onFinding(found);
      return book.drain().changes[0]!.alert.id;
    });
    expect(ids[0]).toMatch(/^high-co2-[\da-f]{12}$/);
    expect(ids[1]).toBe(ids[0]);
    expect(new Set(ids).size).toBe(3);
  });

  it('says what it last was about, without a change, and keeps that when it is resolved', () => {
    const book = createAlertBook();
    book.onFinding(finding());
    const [opened] = book.drain().changes;
    const news = { severity: 'info', title: 'S1: CO₂ is lower', facts: { ppm: 1100 } } as const;
    book.onFinding(finding({ ...news, atMs: T0 + 1 }));
    const alert = { ...opened!.alert, ...news };
    expect(book.drain()).toEqual({ changes: [], refreshed: [alert] });
    book.onFinding(finding({ holds: false, atMs: T0 + 2, severity: 'info' }));
    expect(book.drain()).toEqual({
      changes: [{ alert: { ...alert, state: 'resolved', endsAtMs: T0 + 2 }, atMs: T0 + 2 }],
      refreshed: [],
    });
  });

  it('is a change when it becomes graver while it fires, and none when it was so from the beginning', () => {
    const book = createAlertBook();
    book.onFinding(finding({ severity: 'info', forMs: MINUTE_MS }));
    const later = (minute: number, severity: 'info' | 'warning' | 'critical') =>
      book.onFinding(finding({ severity, forMs: MINUTE_MS, atMs: T0 + minute * MINUTE_MS }));
    later(0.5, 'warning');
    later(2, 'critical');
    later(3, 'critical');
    later(4, 'warning');
    const told = book
      .drain()
      .changes.map(({ alert, atMs }) => [
        alert.state,
        alert.severity,
        (atMs - T0) / MINUTE_MS,
        alert.renewed,
      ]);
    const renewed = { from: 'warning', atMs: T0 + 2 * MINUTE_MS };
    expect(told).toEqual([
      ['pending', 'info', 0, undefined],
      ['firing', 'warning', 1, undefined],
      ['firing', 'critical', 2, renewed],
    ]);
  });

  it('is a change when it begins once more while it goes on', () => {
    const book = createAlertBook();
    const later = (minute: number, stretch?: number) =>
      book.onFinding(finding({ atMs: T0 + minute * MINUTE_MS, ...(stretch !== undefined && { stretch }) }));
    later(0, 1);
    later(1, 1);
    later(2);
    later(3, 2);
    later(4, 2);
    expect(book.drain().changes.map(({ alert, atMs }) => [alert.renewed, (atMs - T0) / MINUTE_MS])).toEqual([
      [undefined, 0],
      [{ atMs: T0 + 3 * MINUTE_MS }, 3],
    ]);
  });

  it('is told as it is when it fires: with what was found while it waited', () => {
    const book = createAlertBook();
    book.onFinding(finding({ forMs: 1000 }));
    book.onFinding(finding({ forMs: 1000, atMs: T0 + 500, facts: { ppm: 1800 } }));
    book.onTick('BYGG-1', T0 + 1000);
    const { changes, refreshed } = book.drain();
    expect(changes.at(-1)).toMatchObject({ alert: { state: 'firing', facts: { ppm: 1800 } } });
    expect(refreshed).toEqual([]);
  });

  it('waits for its own building, not for another one whose time runs ahead', () => {
    const book = createAlertBook();
    book.onFinding(finding({ forMs: MINUTE_MS }));
    book.onFinding(finding({ forMs: MINUTE_MS, building: 'BYGG-2', subject: 'S2' }));
    book.onTick('BYGG-2', T0 + 10 * MINUTE_MS);
    expect(book.drain().changes.map(({ alert }) => `${alert.building} ${alert.state}`)).toEqual([
      'BYGG-1 pending',
      'BYGG-2 pending',
      'BYGG-2 firing',
    ]);
  });

  it('never ends before it began, when the end came late', () => {
    const book = createAlertBook();
    book.onFinding(finding());
    book.onFinding(finding({ holds: false, atMs: T0 - 5000 }));
    expect(book.drain().changes.at(-1)?.alert.endsAtMs).toBe(T0);
  });
});

describe('a snapshot', () => {
  it.each([
    ['a text', 'open'],
    ['a list of something else', [{ alert: { id: 'x' } }]],
    ['an alert of another shape', ['BYGG-1', { x: { alert: {}, clearMs: 0 } }]],
  ])('of another version is refused: %s', (_what, part) => {
    expect(() => createAlertBook().restore(part)).toThrow();
  });
});

const buildings = ['BYGG-1', 'BYGG-2'];
type Step = { readonly isTick: boolean; readonly found: Finding & { readonly building: string } };

/** Findings and ticks in order of time, some of them at the same moment. */
const steps = fc
  .array(
    fc.record({
      isTick: fc.boolean(),
      waitMs: fc.integer({ min: 0, max: 4 }),
      which: fc.nat({ max: 3 }),
      holds: fc.boolean(),
      forMs: fc.constantFrom(0, 3, 10),
      clearMs: fc.constantFrom(0, 4, 9),
      severity: fc.constantFrom(...severities),
      stretch: fc.nat({ max: 2 }),
    }),
    { maxLength: 60 },
  )
  .map((drawn) => {
    let atMs = T0;
    return drawn.map(({ isTick, waitMs, which, ...rest }): Step => {
      // Findings of one moment that contradict each other are one alert's, with one id; rules do not give them.
      atMs += isTick ? waitMs : waitMs + 1;
      const building = buildings[which % 2]!;
      return { isTick, found: finding({ ...rest, atMs, building, subject: `S${which}` }) };
    });
  });

/** Each building's changes and last words, with a restart after each step that `isRestart` names. */
function run(all: readonly Step[], isRestart: (index: number) => boolean): Record<string, AlertChange[]> {
  let book = createAlertBook();
  const changes: AlertChange[] = [];
  for (const [index, { isTick, found }] of all.entries()) {
    if (isTick) book.onTick(found.building, found.atMs);
    else book.onFinding(found);
    if (!isRestart(index)) continue;
    changes.push(...book.drain().changes);
    const snapshot = JSON.parse(JSON.stringify([...book.snapshot()]));
    book = createAlertBook();
    for (const part of snapshot) book.restore(part);
  }
  for (const building of buildings) book.onTick(building, T0 + 1_000_000);
  changes.push(...book.drain().changes);
  return Object.fromEntries(
    buildings.map((building) => [building, changes.filter(({ alert }) => alert.building === building)]),
  );
}

describe('whatever is found', () => {
  it('a restart anywhere changes nothing', () => {
    fc.assert(
      fc.property(steps, fc.array(fc.nat({ max: 60 })), (all, restarts) => {
        expect(run(all, (index) => restarts.includes(index))).toEqual(run(all, () => false));
      }),
    );
  });

  it('the ticks in between change nothing', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const findings = all.filter(({ isTick }) => !isTick);
        expect(run(all, () => false)).toEqual(run(findings, () => false));
      }),
    );
  });

  it('an alert is pending, firing and resolved in this order, at most once each but for renewals, and times never run back', () => {
    fc.assert(
      fc.property(steps, (all) => {
        for (const changes of Object.values(run(all, () => false))) {
          const stories = Object.groupBy(changes, ({ alert }) => alert.id);
          for (const story of Object.values(stories)) {
            const isRenewed = ({ alert, atMs }: AlertChange) => alert.renewed?.atMs === atMs;
            const renewed = story!.filter((one) => one.alert.state === 'firing' && isRenewed(one));
            const states = story!
              .filter((one) => !renewed.includes(one))
              .map(({ alert }) => alert.state)
              .join(' ');
            for (const one of renewed) expect(one.alert.firedAtMs).toBeLessThanOrEqual(one.atMs);
            expect(states).toMatch(/^(pending )?(firing|resolved|firing resolved)$|^pending$/);
          }
          const times = changes.map(({ atMs }) => atMs);
          expect(times).toEqual(times.toSorted((a, b) => a - b));
        }
      }),
    );
  });
});
