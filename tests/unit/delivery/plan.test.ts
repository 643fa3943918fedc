import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Habits,
  HOUR_MS,
  type News,
  type PlannedMessage,
  planMessages,
} from '../../../src/delivery/plan.ts';
import { news } from './news.ts';

const NOW = 1_000 * HOUR_MS;
const MINUTE_MS = 60_000;
const habits = (over: Partial<Habits> = {}): Habits => ({
  nowMs: NOW,
  isQuiet: false,
  grouping: { waitMs: 30_000, everyMs: HOUR_MS },
  lastMs: new Map(),
  recent: { urgent: [], ordinary: [] },
  perHour: 30,
  summarises: true,
  ...over,
});
let row = 0;
const one = (id: string, over: Partial<News> = {}, severity: 'warning' | 'critical' = 'warning'): News => {
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

  it('puts what is over the limit into one summary, and nothing while the hour is full', () => {
    const all = ['a', 'b', 'c', 'd'].map((id, n) => one(id, { building: `B${n}`, atMs: 0 }));
    const first = planMessages(all, habits({ perHour: 2 }));
    expect(told(first.messages)).toEqual(['new a', 'summary b,c,d']);
    const recent = { urgent: [], ordinary: [NOW - 50 * MINUTE_MS, NOW - MINUTE_MS] };
    const full = planMessages(all, habits({ perHour: 2, recent }));
    expect(full).toEqual({ messages: [], nextMs: NOW + 10 * MINUTE_MS });
    const critical = planMessages([one('x', {}, 'critical')], habits({ perHour: 2, recent }));
    expect(told(critical.messages), 'critical ones have places of their own').toEqual(['new x']);
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
              grouping: grouped ? { waitMs: 30_000, everyMs: HOUR_MS } : undefined,
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
