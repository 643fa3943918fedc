import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readAlerts, readTruth } from '../../../src/commands/score-files.ts';
import { openTempDir } from '../../support/temp-dir.ts';

const change = (state: string, at: string) => ({
  at,
  id: 'a1',
  rule: 'stale',
  severity: 'warning',
  state,
  building: 'b1',
  subject: 'm1|activePowerW|',
  startsAt: '2026-01-15T07:00:00Z',
  title: '',
  detail: '',
  facts: state === 'firing' ? { device: 'm1' } : {},
});
const changes = [
  change('pending', '2026-01-15T07:05:00Z'),
  change('firing', '2026-01-15T07:10:00Z'),
  change('resolved', '2026-01-15T08:00:00Z'),
];
const read = async (text: string, reader: typeof readAlerts | typeof readTruth) => {
  await using dir = await openTempDir();
  const file = join(dir.path, 'file');
  writeFileSync(file, text);
  return reader(file);
};
const lines = (values: readonly object[]) => values.map((value) => JSON.stringify(value)).join('\n');

describe('alerts to be scored', () => {
  it('are read from the changes that a replay prints, each once, as it was told', async () => {
    expect(await read(`${lines(changes)}\n`, readAlerts)).toEqual([
      {
        id: 'a1',
        rule: 'stale',
        building: 'b1',
        subject: 'm1|activePowerW|',
        firedMs: Date.UTC(2026, 0, 15, 7, 10),
        endedMs: Date.UTC(2026, 0, 15, 8),
        facts: { device: 'm1' },
      },
    ]);
  });

  it('are about all windows that they told of until they ended', async () => {
    const [first, later] = [
      { windows: [{ from: '07:00' }] },
      { windows: [{ from: '07:00' }, { from: '08:00' }] },
    ];
    const day = [
      { ...change('firing', '2026-01-15T07:10:00Z'), facts: first },
      { ...change('resolved', '2026-01-15T20:00:00Z'), facts: later },
    ];
    expect(await read(lines(day), readAlerts)).toMatchObject([{ facts: later }]);
  });

  it('are read from the answer of the API, and from a list', async () => {
    const { at: _at, ...plain } = change('resolved', '');
    const answer = { ...plain, endsAt: '2026-01-15T08:00:00Z' };
    for (const text of [JSON.stringify({ alerts: [answer] }), JSON.stringify([answer])]) {
      const [alert] = await read(text, readAlerts);
      expect(alert).toMatchObject({ firedMs: Date.UTC(2026, 0, 15, 7), endedMs: Date.UTC(2026, 0, 15, 8) });
    }
  });

  it('that another holds back name it, and are told when it does no more', async () => {
    const held = { ...change('firing', '2026-01-15T07:10:00Z'), heldBy: 'parent', heldFor: 'a0' };
    const over = change('resolved', '2026-01-15T09:00:00Z');
    expect(await read(lines([held, over]), readAlerts)).toMatchObject([{ heldFor: 'a0' }]);
    expect(await read(lines([{ ...held, heldBy: 'silence' }, over]), readAlerts)).toEqual([]);
    const told = change('firing', '2026-01-15T08:30:00Z');
    const [released] = await read(lines([held, told, over]), readAlerts);
    expect(released).toMatchObject({
      firedMs: Date.UTC(2026, 0, 15, 8, 30),
      endedMs: Date.UTC(2026, 0, 15, 9),
    });
    expect(released).not.toHaveProperty('heldFor');
    expect(await read(lines([{ ...held, heldBy: 'flapping' }]), readAlerts)).toHaveLength(1);
  });

  it('of which nobody was told are left out', async () => {
    const service = { ...change('firing', '2026-01-15T07:10:00Z'), building: undefined };
    expect(await read(lines([changes[0] ?? {}, service]), readAlerts)).toEqual([]);
    const overBefore = [changes[0] ?? {}, changes[2] ?? {}];
    expect(await read(lines(overBefore), readAlerts)).toEqual([]);
  });
});

it.each([
  ['{"kind":"missing"', /file:1: is not JSON/],
  ['{"kind":"missing","subject":"m","from":"2026-01-15T07:00:00Z"}', /file:1: building: /],
  [
    '\n{"kind":"missing","building":"b","subject":"m","from":"yesterday","to":null,"size":1}',
    /file:2: from: must be ISO 8601/,
  ],
  [
    '{"kind":"missing","building":"b","subject":"m","from":"2026-01-15T07:00:00Z","to":"2026-01-14T07:00:00Z"}',
    /file:1: to: is before from/,
  ],
])('names the line of what is no truth: %s', async (text, says) => {
  await expect(read(text, readTruth)).rejects.toThrow(says);
});
