import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Habits,
  HOUR_MS,
  type News,
  type PlannedMessage,
  planMessages,
  SEVERAL,
} from '../../../src/delivery/plan.ts';
import type { Severity } from '../../../src/domain/alert.ts';
import { news } from './news.ts';

const NOW = 1_000 * HOUR_MS;
const MINUTE_MS = 60_000;
const grouping = { waitMs: 30_000, everyMs: HOUR_MS, betweenMs: 0, patientMs: 30_000 };
const habits = (over: Partial<Habits> = {}): Habits => ({
  nowMs: NOW,
  isQuiet: false,
  grouping,
  lastMs: new Map(),
  recent: { urgent: [], ordinary: [] },
  perHour: 30,
  summarises: true,
  ...over,
});
let row = 0;
const one = (id: string, over: Partial<News> = {}, severity: Severity = 'warning'): News => {
  row += 1;
  return news(over.kind ?? 'new', { id, severity }, { row, atMs: NOW, dueMs: NOW, ...over });
};
const told = (messages: readonly PlannedMessage[]) =>
  messages.map(({ kind, news: all }) => `${kind} ${all.map(({ change }) => change.alert.id).join()}`);

describe('the plan of a recipient', () => {
  it('waits a little for what comes with the first', () => {
    const plan = planMessages([one('a')], habits());
    expect(plan).toEqual({ messages: [], nextMs: NOW + 30_000 });
    const later = planMessages([one('a'), one('b', { atMs: NOW + 20_000 })], habits({ nowMs: NOW + 30_000 }));
    expect(told(later.messages)).toEqual(['group a,b']);
  });

  it('makes nothing of what is not due yet, and is asked again when it is', () => {
    const call = one('a', { kind: 'escalated', isUrgent: true, dueMs: NOW + 5 * MINUTE_MS });
    const late = one('b', { kind: 'escalated', isUrgent: true, dueMs: NOW + 9 * MINUTE_MS });
    expect(planMessages([late, call], habits())).toEqual({ messages: [], nextMs: NOW + 5 * MINUTE_MS });
  });

  it('tells up to ten alerts in full, and keeps what is about one building in its line', () => {
    const many = Array.from({ length: 11 }, (_, n) => one(`a${n}`, { atMs: 0 }));
    const kindOf = (count: number) =>
      planMessages(many.slice(0, count), habits()).messages.map(({ kind, line }) => [kind, line]);
    expect([2, 10, 11].map(kindOf)).toEqual([
      [['group', 'BYGG-1']],
      [['group', 'BYGG-1']],
      [['summary', 'BYGG-1']],
    ]);
  });

  it('waits for nothing but company where there is no limit', () => {
    const recent = Array.from({ length: 50 }, (_, n) => NOW - 50 + n);
    const all = ['a', 'b', 'c'].flatMap((id, n) => [
      one(id, { building: `B${n}`, atMs: 0 }),
      one(`critical ${id}`, {}, 'critical'),
    ]);
    const plan = planMessages(all, habits({ perHour: 0, recent: { urgent: recent, ordinary: recent } }));
    expect(told(plan.messages)).toEqual([
      'new critical a',
      'new critical b',
      'new critical c',
      'group a,b,c',
    ]);
  });

  it('makes one message for each building and hour', () => {
    const [a, b] = [
      one('a', { atMs: NOW - MINUTE_MS }),
      one('b', { atMs: NOW - MINUTE_MS, building: 'BYGG-2' }),
    ];
    const lastMs = new Map([['BYGG-1', NOW - 20 * MINUTE_MS]]);
    const plan = planMessages([a, b], habits({ lastMs }));
    expect(told(plan.messages)).toEqual(['new b']);
    expect(plan.nextMs).toBe(NOW + 40 * MINUTE_MS);
  });

  it('lets critical alerts and escalations wait for nothing', () => {
    const lastMs = new Map([['BYGG-1', NOW]]);
    const all = [one('a'), one('b', {}, 'critical'), one('c', { kind: 'escalated', isUrgent: true })];
    const plan = planMessages(all, habits({ lastMs, isQuiet: true }));
    expect(told(plan.messages)).toEqual(['new b', 'escalated c']);
  });

  it('keeps the rest until quiet hours are over', () => {
    const plan = planMessages([one('a', { atMs: 0 })], habits({ isQuiet: true }));
    expect(plan).toEqual({ messages: [], nextMs: NOW + MINUTE_MS });
  });

  it('tells an alert that began and ended meanwhile as over', () => {
    const all = [one('a', { atMs: 0 }), one('a', { kind: 'resolved', atMs: 0 })];
    expect(told(planMessages(all, habits()).messages)).toEqual(['resolved a,a']);
  });

  it('tells in one message what comes of several buildings within some minutes', () => {
    const between = { grouping: { ...grouping, betweenMs: 5 * MINUTE_MS } };
    const recent = { urgent: [], ordinary: [NOW - 2 * MINUTE_MS] };
    const all = ['a', 'b'].map((id, n) => one(id, { building: `B${n}`, atMs: NOW - MINUTE_MS }));
    const early = planMessages(all, habits({ ...between, recent }));
    expect(early).toEqual({ messages: [], nextMs: NOW + 3 * MINUTE_MS });
    const { messages } = planMessages(all, habits({ ...between, recent, nowMs: NOW + 3 * MINUTE_MS }));
    expect(told(messages)).toEqual(['group a,b']);
    expect(messages[0]?.line).toBe(SEVERAL);
  });

  it('lets what is over wait for other ends, and none of them for a beginning', () => {
    const waits = { grouping: { ...grouping, patientMs: HOUR_MS } };
    const ends = ['a', 'b'].map((id, n) =>
      one(id, { kind: 'resolved', building: `B${n}`, atMs: NOW + n * MINUTE_MS }),
    );
    const early = planMessages(ends, habits(waits));
    expect(early).toEqual({ messages: [], nextMs: NOW + HOUR_MS });
    const begins = one('c', { building: 'B2', atMs: NOW });
    const soon = planMessages([...ends, begins], habits({ ...waits, nowMs: NOW + 30_000 }));
    expect(told(soon.messages)).toEqual(['new c']);
    const late = planMessages(ends, habits({ ...waits, nowMs: NOW + HOUR_MS }));
    expect(told(late.messages), 'the second goes with the first').toEqual(['group a,b']);
    const mixed = planMessages(
      [...ends, one('c', { building: 'B0' })],
      habits({ ...waits, nowMs: NOW + 30_000 }),
    );
    expect(told(mixed.messages), 'an end goes with a beginning of its building alone').toEqual(['group a,c']);
    const soonDue = one('c', { building: 'B2', atMs: NOW + HOUR_MS - 1 });
    const apart = planMessages([...ends, soonDue], habits({ ...waits, nowMs: NOW + HOUR_MS }));
    expect(told(apart.messages), 'no beginning goes with them before its time').toEqual(['group a,b']);
    const info = one('i', { building: 'B3', atMs: NOW + 2 * MINUTE_MS }, 'info');
    const all = planMessages([...ends, info], habits({ ...waits, nowMs: NOW + HOUR_MS }));
    expect(told(all.messages), 'so does what is only information').toEqual(['group a,b,i']);
  });

  it('tells critical alerts apart while they are few, and a storm of them in one message', () => {
    const storm = ['a', 'b', 'c', 'd'].map((id, n) => one(id, { building: `B${n}` }, 'critical'));
    expect(told(planMessages(storm.slice(0, 3), habits()).messages)).toEqual(['new a', 'new b', 'new c']);
    expect(told(planMessages(storm, habits()).messages)).toEqual(['group a,b,c,d']);
  });

  it('spreads the second half of the hour’s messages over it, so that nothing waits long', () => {
    const all = ['a', 'b'].map((id, n) => one(id, { building: `B${n}`, atMs: 0 }));
    const recent = { urgent: [], ordinary: [NOW - 50 * MINUTE_MS, NOW - MINUTE_MS] };
    const late = planMessages(all, habits({ perHour: 4, recent }));
    expect(late).toEqual({ messages: [], nextMs: NOW + 19 * MINUTE_MS });
    const full = { urgent: [], ordinary: [50, 40, 20, 10].map((ago) => NOW - ago * MINUTE_MS) };
    expect(planMessages(all, habits({ perHour: 4, recent: full })).nextMs).toBe(NOW + 10 * MINUTE_MS);
    const justNow = { urgent: [], ordinary: [30, 20, 15, 10].map((ago) => NOW - ago * MINUTE_MS) };
    expect(
      planMessages(all, habits({ perHour: 4, recent: justNow })).nextMs,
      'never more than four an hour',
    ).toBe(NOW + 30 * MINUTE_MS);
    const critical = planMessages([one('x', {}, 'critical')], habits({ perHour: 4, recent: full }));
    expect(told(critical.messages), 'critical ones have places of their own').toEqual(['new x']);
  });

  it('puts what is over the limit into one summary where nothing is collected', () => {
    const all = ['a', 'b', 'c', 'd'].map((id, n) => one(id, { building: `B${n}`, atMs: 0 }));
    const apart = { perHour: 2, grouping: undefined };
    expect(told(planMessages(all, habits(apart)).messages)).toEqual(['new a', 'summary b,c,d']);
    expect(told(planMessages(all.slice(0, 2), habits(apart)).messages)).toEqual(['new a', 'new b']);
    const recent = { urgent: [], ordinary: [NOW - 50 * MINUTE_MS, NOW - MINUTE_MS] };
    expect(planMessages(all, habits({ ...apart, recent }))).toEqual({
      messages: [],
      nextMs: NOW + 10 * MINUTE_MS,
    });
  });

  it('holds back what a machine is not to get more of, but makes no summary of it', () => {
    const all = ['a', 'b', 'c'].map((id) => one(id));
    const plan = planMessages(all, habits({ perHour: 2, grouping: undefined, summarises: false }));
    expect(told(plan.messages)).toEqual(['new a', 'new b']);
    expect(plan.nextMs).toBe(NOW + HOUR_MS);
  });

  it('loses nothing and tells nothing twice, whatever comes and whatever the limits are', () => {
    const item = fc.record({
      building: fc.constantFrom('', 'B1', 'B2'),
      isUrgent: fc.boolean(),
      atMs: fc.integer({ min: 0, max: 4 * HOUR_MS }),
    });
    fc.assert(
      fc.property(
        fc.array(item, { maxLength: 30 }),
        fc.integer({ min: 0, max: 4 }),
        fc.boolean(),
        (items, perHour, grouped) => {
          let waiting = items.map((about, n) => one(`a${n}`, { ...about, dueMs: about.atMs, row: n }));
          const heard: number[] = [];
          const made = { urgent: [] as number[], ordinary: [] as number[] };
          const lastMs = new Map<string, number>();
          let nowMs = 0;
          for (let steps = 0; waiting.length > 0 && steps < 500; steps += 1) {
            const recentOf = (all: readonly number[]) => all.filter((at) => at > nowMs - HOUR_MS);
            const come = waiting.filter(({ atMs }) => atMs <= nowMs);
            const plan = planMessages(come, {
              ...habits({ nowMs, perHour, lastMs }),
              grouping: grouped ? { ...grouping, betweenMs: 5 * MINUTE_MS, patientMs: HOUR_MS } : undefined,
              recent: { urgent: recentOf(made.urgent), ordinary: recentOf(made.ordinary) },
            });
            for (const { news: all, isUrgent, line } of plan.messages) {
              heard.push(...all.map((some) => some.row));
              made[isUrgent ? 'urgent' : 'ordinary'].push(nowMs);
              if (!isUrgent) lastMs.set(line, nowMs);
            }
            waiting = waiting.filter((some) => !heard.includes(some.row));
            const nextCome = Math.min(...waiting.map(({ atMs }) => atMs).filter((at) => at > nowMs));
            nowMs = Math.max(nowMs + 1, Math.min(plan.nextMs, nextCome));
          }
          expect(heard.toSorted((a, b) => a - b)).toEqual(items.map((_item, n) => n));
          for (const all of perHour > 0 ? [made.urgent, made.ordinary] : []) {
            for (const at of all) {
              expect(all.filter((other) => other > at - HOUR_MS && other <= at).length).toBeLessThanOrEqual(
                perHour,
              );
            }
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});
