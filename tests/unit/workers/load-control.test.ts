import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, vi } from 'vitest';
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
  it('sends the set-point of a battery with a hard end, notes it in a dry run, and counts it as no switching of loads', async () => {
    const point = { building: 'b1', battery: 'bat', powerKw: -3, gridKw: 7, untilMs: T + 17 * MINUTE };
    const limits = { minBetweenMs: 15 * MINUTE, mostPerBuildingDay: 1, staggerMs: MINUTE };
    const on = open(new DatabaseSync(':memory:'), { limits });
    await using _ = on.control;
    on.control.setPoint(point);
    on.control.setPoint({ ...point, untilMs: T });
    on.control.onAlerts([alert()]);
    await on.control.settled();
    const byTopic = on.sent.toSorted(([a], [b]) => a.localeCompare(b));
    expect(byTopic).toEqual([
      [
        'kvarter/commands/b1/bat',
        { id: expect.any(String), powerKw: -3, gridKw: 7, until: isoTime(T + 17 * MINUTE) },
      ],
      ['kvarter/commands/b1/hp', expect.objectContaining({ off: true })],
    ]);
    on.answer({ accepted: false, reason: 'service' }, 'bat');
    expect(on.states()).toContainEqual(['bat', 'refused', 'service']);
    const dry = open(new DatabaseSync(':memory:'), { mode: 'dryRun' });
    await using __ = dry.control;
    dry.control.setPoint(point);
    await dry.control.settled();
    expect(dry.sent).toEqual([]);
    expect(dry.control.list({ limit: 9 })).toMatchObject([{ load: 'bat', gridKw: 7, state: 'dryRun' }]);
    const off = open(new DatabaseSync(':memory:'), { mode: 'off' });
    await using ___ = off.control;
    off.control.setPoint(point);
    expect(off.states()).toEqual([]);
  });

  it('takes over the commands of a version that knew no batteries', async () => {
    const db = new DatabaseSync(':memory:');
    db.exec(`CREATE TABLE load_commands (
      id TEXT PRIMARY KEY, building TEXT NOT NULL, load TEXT NOT NULL, power_kw REAL NOT NULL, cause TEXT NOT NULL,
      at_ms REAL NOT NULL, until_ms REAL NOT NULL, state TEXT NOT NULL, detail TEXT, sent_at_ms REAL, answered_at_ms REAL
    ) STRICT;
    INSERT INTO load_commands VALUES ('c', 'b1', 'hp', 18, 'peak-1', ${T}, ${T}, 'accepted', NULL, NULL, NULL)`);
    const { control, states } = open(db);
    await using _ = control;
    expect(states()).toEqual([['hp', 'accepted', '']]);
    const [{ gridKw } = { gridKw: 0 }] = control.list({ limit: 1 });
    expect(gridKw).toBeUndefined();
  });

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

  it.each(['dryRun', 'off'] as const)('started as %s sends nothing that waits from before', async (mode) => {
    const db = new DatabaseSync(':memory:');
    const before = open(db, { publish: () => Promise.reject(new Error('the broker is not there')) });
    before.control.onAlerts([alert()]);
    await before.control.settled();
    await before.control[Symbol.asyncDispose]();
    vi.useFakeTimers({ toFake: ['setInterval'] });
    const after = open(db, { mode });
    await using _ = after.control;
    vi.advanceTimersByTime(10_000);
    vi.useRealTimers();
    await after.control.settled();
    expect([after.sent, after.states()]).toEqual([[], [['hp', 'waiting', '']]]);
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
    const commands = after.control.since('b1', 0);
    expect([commands.length, after.control.pastOf(commands)]).toEqual([1, []]);
  });
});
