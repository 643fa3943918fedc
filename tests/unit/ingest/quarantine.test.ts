import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import type { Reject } from '../../../src/domain/reading.ts';
import type { Packet } from '../../../src/ingest/ingest.ts';
import { openQuarantine } from '../../../src/ingest/quarantine.ts';
import { replayQuarantine } from '../../../src/ingest/quarantine-replay.ts';

const T0 = Date.UTC(2026, 0, 15, 7);
const reject = (changes: Partial<Reject> = {}): Reject => ({
  code: 'unknown-device',
  detail: 'add a row',
  device: 'a',
  topic: 'kvarter/a/up',
  payload: Buffer.from('{}'),
  receivedAtMs: T0,
  ...changes,
});
const open = (maxRows = 100) => openQuarantine(new DatabaseSync(':memory:'), { maxRows });

function filled() {
  const quarantine = open();
  quarantine.add('1', [reject(), reject({ device: 'b', topic: 'kvarter/b/up' })]);
  quarantine.add('2', [
    reject({ code: 'malformed-payload', payload: Buffer.from([0xff]), receivedAtMs: T0 + 1 }),
    reject({ code: 'future-time', receivedAtMs: T0 + 2 }),
  ]);
  return quarantine;
}

describe('the quarantine', () => {
  it.each([
    ['all', {}, [1, 2, 3, 4]],
    ['by code', { code: 'unknown-device' }, [1, 2]],
    ['by device', { device: 'a' }, [1, 3, 4]],
    ['by both', { code: 'unknown-device', device: 'a' }, [1]],
    ['by id', { ids: [2, 4, 9] }, [2, 4]],
    ['behind a row', { after: 2 }, [3, 4]],
  ] as const)('lists the oldest first: %s', (_says, query, ids) => {
    expect(
      filled()
        .list({ ...query, limit: 10 })
        .map(({ id }) => id),
    ).toEqual(ids);
  });

  it('gives a row byte for byte', () => {
    expect(filled().get(3)).toEqual({
      id: 3,
      ...reject({ code: 'malformed-payload', payload: new Uint8Array([0xff]), receivedAtMs: T0 + 1 }),
    });
    expect(filled().get(5)).toBeUndefined();
  });

  it('counts by reason, the most frequent first', () => {
    expect(filled().counts()).toEqual([
      { code: 'unknown-device', rows: 2, newestReceivedAtMs: T0 },
      { code: 'future-time', rows: 1, newestReceivedAtMs: T0 + 2 },
      { code: 'malformed-payload', rows: 1, newestReceivedAtMs: T0 + 1 },
    ]);
  });

  it('discards what is selected and counts what is left', () => {
    const quarantine = filled();
    expect(quarantine.discard({ code: 'unknown-device', device: 'b' })).toBe(1);
    expect(quarantine.discard({ ids: [1, 2] })).toBe(1);
    expect(quarantine.rows()).toBe(2);
    expect(quarantine.discard({})).toBe(2);
    expect(quarantine.rows()).toBe(0);
  });

  it('forgets the oldest past its bound, also after a discard, and never gives an id twice', () => {
    const quarantine = open(2);
    quarantine.add('1', [reject(), reject(), reject()]);
    quarantine.discard({ ids: [3] });
    quarantine.add('2', [reject(), reject()]);
    expect(quarantine.list({ limit: 10 }).map(({ id }) => id)).toEqual([4, 5]);
    expect([quarantine.rows(), quarantine.forgotten(), quarantine.newestId()]).toEqual([2, 2, 5]);
  });
});

describe('replaying the quarantine', () => {
  it('appends each packet once with its own time, and takes all its rows with it', async () => {
    const quarantine = open();
    quarantine.add('1', [reject(), reject({ code: 'malformed-payload' }), reject({ receivedAtMs: T0 + 1 })]);
    const appended: Packet[] = [];
    const append = async (packet: Packet) => {
      appended.push(packet);
    };
    expect(await replayQuarantine(quarantine, append, { code: 'unknown-device' })).toEqual({
      packets: 2,
      rows: 3,
    });
    expect(appended.map(({ receivedAtMs }) => receivedAtMs)).toEqual([T0, T0 + 1]);
    expect(quarantine.rows()).toBe(0);
  });

  it('ends although everything is rejected again, page after page', async () => {
    const quarantine = open(10_000);
    const many = Array.from({ length: 1200 }, (_, i) => reject({ receivedAtMs: T0 + i }));
    quarantine.add('1', many);
    let frame = 1;
    const append = async ({ receivedAtMs }: Packet) => {
      frame += 1;
      quarantine.add(String(frame), [reject({ receivedAtMs })]);
    };
    expect(await replayQuarantine(quarantine, append, {})).toEqual({ packets: 1200, rows: 1200 });
    expect(quarantine.rows()).toBe(1200);
  });

  it('keeps the rows when the journal fails', async () => {
    const quarantine = filled();
    const append = () => Promise.reject(new Error('full'));
    await expect(replayQuarantine(quarantine, append, {})).rejects.toThrow('full');
    expect(quarantine.rows()).toBe(4);
  });
});
