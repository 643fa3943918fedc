import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { type HeardFrame, openDeviceBook } from '../../../src/ingest/device-book.ts';
import { readingOf } from '../../support/readings.ts';

const T0 = Date.UTC(2026, 0, 15, 7);
const MINUTE = 60_000;
const packet = (
  minute: number,
  values: Record<string, number> = { activePowerW: 1 },
  device = 'a',
): HeardFrame => ({
  steps: [
    {
      kind: 'readings',
      readings: Object.entries(values).map(([quantity, value]) =>
        readingOf({ device, quantity: quantity as 'activePowerW' }, T0 + minute * MINUTE, value),
      ),
    },
  ],
  rejects: [],
  ownTimes: [],
});
const said = (offsetMs: number, minute = 0): HeardFrame => ({
  steps: [],
  rejects: [],
  ownTimes: [{ device: 'a', newestMs: T0 + minute * MINUTE + offsetMs, receivedAtMs: T0 + minute * MINUTE }],
});
const open = (db = new DatabaseSync(':memory:'), registered: ReadonlySet<string> = new Set(['a', 'b'])) =>
  openDeviceBook(db, (device) => registered.has(device));

describe('how a device is heard', () => {
  it('is when it spoke last, and how long it usually pauses: neither bursts nor an outage change that', () => {
    const book = open();
    for (const minute of [0, 10, 10.01, 20, 30, 40, 500, 510]) book.observe(packet(minute));
    expect(book.of('a')).toEqual({ lastSeenMs: T0 + 510 * MINUTE, usualPauseMs: 10 * MINUTE });
    expect(book.of('b')).toBeUndefined();
  });

  it('is its newest battery and signal, whatever is taken in again later', () => {
    const book = open();
    book.observe(packet(10, { batteryPct: 80, rssiDbm: -100 }));
    book.observe(packet(5, { batteryPct: 95, snrDb: 4 }));
    expect(book.of('a')).toEqual({ lastSeenMs: T0 + 10 * MINUTE, batteryPct: 80, rssiDbm: -100 });
  });

  it('is also heard by what was rejected of it; who is not registered is not kept', () => {
    const book = open();
    const rejects = ['a', 'stranger'].map((device) => ({ device, receivedAtMs: T0 }));
    book.observe({ steps: [], rejects, ownTimes: [] });
    expect(book.of('a')).toEqual({ lastSeenMs: T0 });
    expect(book.of('stranger')).toBeUndefined();
  });

  it('is how far its clock is ahead, which what comes late does not change', () => {
    const book = open();
    book.observe(packet(0));
    for (const offsetMs of [90_100, 90_000, -3_600_000, 89_900, 90_050]) book.observe(said(offsetMs));
    expect(book.of('a')?.clockAheadMs).toBe(90_000);
  });

  it('is bounded, and known after a restart', () => {
    const db = new DatabaseSync(':memory:');
    const book = open(db);
    for (let minute = 0; minute < 1000; minute += 1) {
      book.observe(packet(minute, { batteryMv: 3600 }));
      book.observe(said(5000, minute));
    }
    book.observe(packet(3, undefined, 'b'));
    book.save(1);
    book.save();
    const { heard } = db.prepare("SELECT heard FROM devices_heard WHERE device = 'a'").get()!;
    expect(String(heard).length).toBeLessThan(300);
    const again = open(db);
    expect(again.of('a')).toEqual(book.of('a'));
    expect(again.of('b')).toEqual(book.of('b'));
  });

  it('is forgotten when the device has left the register', () => {
    const db = new DatabaseSync(':memory:');
    const book = open(db);
    book.observe(packet(0));
    book.save();
    open(db, new Set()).save();
    expect(open(db).of('a')).toBeUndefined();
  });

  it('is learned anew when another version has written it', () => {
    const db = new DatabaseSync(':memory:');
    open(db);
    db.exec("INSERT INTO devices_heard VALUES ('a', '{'), ('b', '{}')");
    expect([open(db).of('a'), open(db).of('b')]).toEqual([undefined, undefined]);
  });
});
