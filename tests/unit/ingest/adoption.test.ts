import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { openAdoption } from '../../../src/ingest/adoption.ts';
import type { Packet } from '../../../src/ingest/ingest.ts';
import { openQuarantine } from '../../../src/ingest/quarantine.ts';

const T0 = Date.UTC(2026, 0, 15, 7);
const device = { id: 'a', model: 'kvarter', building: 'b1' };
const reject = (minute: number) => ({
  code: 'unknown-device' as const,
  detail: 'add a row',
  device: 'a',
  topic: 'kvarter/a/up',
  payload: Buffer.from('{}'),
  receivedAtMs: T0 + minute * 60_000,
});

function open(append?: (packet: Packet) => Promise<void>) {
  const quarantine = openQuarantine(new DatabaseSync(':memory:'), { maxRows: 100 });
  quarantine.add('1', [reject(0)]);
  const taken: number[] = [];
  const troubles: string[] = [];
  const settled = Promise.withResolvers<void>();
  const appended = Promise.withResolvers<void>();
  const adoption = openAdoption({
    add: async () => ({ ok: true, warnings: [] }),
    quarantine,
    unknown: { spellings: (id) => [id] },
    append:
      append ??
      (async ({ receivedAtMs }) => {
        taken.push((receivedAtMs - T0) / 60_000);
        if (taken.length === 2) appended.resolve();
      }),
    settled: () => settled.promise,
    onTrouble: ({ message }) => troubles.push(message),
    patienceMs: 1,
  });
  return { adoption, quarantine, taken, troubles, settled, appended };
}

describe('adopting a device', () => {
  it('takes in again also what came into the quarantine after it, once all from before is through', async () => {
    const { adoption, quarantine, taken, settled, appended } = open();
    expect(await adoption.adopt(device)).toEqual({
      ok: true,
      warnings: [],
      replayed: { packets: 1, rows: 1 },
      isComplete: false,
    });
    // Decoded with the register from before, while the store was away.
    quarantine.add('2', [reject(1)]);
    settled.resolve();
    await appended.promise;
    expect(taken).toEqual([0, 1]);
  });

  it('says that it is not complete when the journal takes nothing, and leaves the rows where they are', async () => {
    const { adoption, quarantine, troubles, settled } = open(() => Promise.reject(new Error('full')));
    settled.resolve();
    expect(await adoption.adopt(device)).toMatchObject({ ok: true, isComplete: false });
    expect(troubles).toEqual(['full']);
    expect(quarantine.rows()).toBe(1);
  });
});
