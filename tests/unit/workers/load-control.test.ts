import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../src/domain/alert.ts';
import { isoTime } from '../../../src/domain/time.ts';
import { type LoadControlOptions, openLoadControl } from '../../../src/workers/load-control/load-control.ts';
import { registerOf } from '../../support/readings.ts';
import { become } from '../alerts/findings.ts';

const T = Date.parse('2026-01-15T17:20+01:00');
const HOUR = Date.parse('2026-01-15T17:00+01:00');
const MINUTE = 60_000;
const register = registerOf(
  [
    {
      flexibleLoads: [
        { id: 'hp', name: 'Heat pump', powerKw: 18, maxOffMinutes: 60, priority: 1, automatic: true },
        { id: 'fan', name: 'Fans', powerKw: 4, maxOffMinutes: 60, priority: 2 },
      ],
    },
  ],
  [],
);

function alert(windowFromMs = HOUR): Alert {
  const shed = ['hp', 'fan'].map((load) => ({ load, minutes: 40 }));
  const facts = { windowFrom: isoTime(windowFromMs), windowTo: isoTime(windowFromMs + 60 * MINUTE), shed };
  return { ...become('firing', { id: 'peak-1' }).alert, building: 'b1', facts };
}

function open(db: DatabaseSync, options: Partial<LoadControlOptions> = {}) {
  const sent: [topic: string, payload: Record<string, unknown>][] = [];
  const log: string[] = [];
  const time = { nowMs: T };
  const control = openLoadControl({
    db,
    mode: 'on',
    limits: { minBetweenMs: 15 * MINUTE, mostPerBuildingDay: 20, staggerMs: MINUTE },
    answerMs: 10 * MINUTE,
    register: () => register,
    publish: async (topic, payload) => {
      sent.push([topic, JSON.parse(payload)]);
    },
    clock: () => time.nowMs,
    log: { info: (_, says) => log.push(says), warn: (_, says) => log.push(says) },
    ...options,
  });
  const answer = (said: unknown, load = 'hp') =>
    control.onAnswer({
      topic: `kvarter/acks/b1/${load}`,
      payload: Buffer.from(JSON.stringify(said)),
      receivedAtMs: time.nowMs,
    });
  const states = () =>
    control.list({ limit: 9 }).map(({ load, state, detail }) => [load, state, detail ?? '']);
  return { control, sent, log, time, answer, states };
}

describe('load control', () => {
  it('sends the plan of an alert to the loads that it may switch, once, with a hard end', async () => {
    const { control, sent, states } = open(new DatabaseSync(':memory:'));
    await using _ = control;
    control.onAlerts([alert(), alert()]);
    control.onAlerts([alert()]);
    await control.settled();
    expect(sent).toEqual([
      ['kvarter/commands/b1/hp', { id: expect.any(String), off: true, until: isoTime(T + 40 * MINUTE) }],
    ]);
    expect(states()).toEqual([['hp', 'sent', '']]);
  });

  it('in a dry run writes and logs what it would do, and sends nothing', async () => {
    const { control, sent, log, states } = open(new DatabaseSync(':memory:'), { mode: 'dryRun' });
    await using _ = control;
    control.onAlerts([alert()]);
    control.onAlerts([alert()]);
    await control.settled();
    expect([sent, states()]).toEqual([[], [['hp', 'dryRun', '']]]);
    expect(log).toEqual(['dry run: a load would be switched off']);
  });

  it('does nothing when it is off, for windows that are over, and for alerts that are', async () => {
    const off = open(new DatabaseSync(':memory:'), { mode: 'off' });
    await using _ = off.control;
    off.control.onAlerts([alert()]);
    const on = open(new DatabaseSync(':memory:'));
    await using __ = on.control;
    on.control.onAlerts([
      alert(HOUR - 60 * MINUTE),
      alert(HOUR + 60 * MINUTE),
      { ...alert(), state: 'resolved' },
    ]);
    expect([...off.states(), ...on.states()]).toEqual([]);
  });

  it('keeps what the load answers, and tells a load that says nothing until it speaks again', async () => {
    const { control, time, answer, states } = open(new DatabaseSync(':memory:'), { answerMs: 1 });
    await using _ = control;
    const troubles = () => control.troubles().flatMap(({ subject, detail }) => (detail ? [subject] : []));
    control.onAlerts([alert()]);
    await control.settled();
    time.nowMs += 2 * MINUTE;
    await expect.poll(states, { timeout: 5000 }).toEqual([['hp', 'unanswered', 'no answer within 0.001 s']]);
    expect(troubles()).toEqual(['load b1/hp']);
    answer({ accepted: false, reason: 'too cold' });
    expect(states()).toEqual([['hp', 'refused', 'too cold']]);
    answer({ accepted: true });
    answer('nonsense');
    expect([states(), troubles()]).toEqual([[['hp', 'refused', 'too cold']], []]);
  });

  it('after a crash sends what was written and not sent, and repeats nothing that was', async () => {
    const db = new DatabaseSync(':memory:');
    const before = open(db, { publish: () => Promise.reject(new Error('the broker is not there')) });
    before.control.onAlerts([alert()]);
    await before.control.settled();
    await before.control[Symbol.asyncDispose]();
    expect(before.states()).toEqual([['hp', 'waiting', '']]);

    const after = open(db);
    await after.control.settled();
    after.control.onAlerts([alert()]);
    await after.control.settled();
    await after.control[Symbol.asyncDispose]();
    expect(after.sent.map(([topic]) => topic)).toEqual(['kvarter/commands/b1/hp']);

    const again = open(db);
    await using _ = again.control;
    await again.control.settled();
    expect(again.sent).toEqual([]);
  });

  it('does not send after a pause what should be over by now', async () => {
    const db = new DatabaseSync(':memory:');
    const before = open(db, { publish: () => Promise.reject(new Error('the broker is not there')) });
    before.control.onAlerts([alert()]);
    await before.control.settled();
    await before.control[Symbol.asyncDispose]();
    const after = open(db, { clock: () => T + 60 * MINUTE });
    await using _ = after.control;
    await after.control.settled();
    expect([after.sent, after.states()]).toEqual([
      [],
      [['hp', 'expired', 'its end came before it was sent']],
    ]);
  });
});
