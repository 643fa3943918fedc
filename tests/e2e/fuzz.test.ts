import { randomUUID } from 'node:crypto';
import { describe, expect, it, onTestFailed } from 'vitest';
import { expectUnhurt } from '../support/fuzz/fuzz.ts';
import { fuzzGate } from '../support/fuzz/gate.ts';

const STREAMS = Number(process.env.TEST_FUZZ_STREAMS ?? 200_000);
/** Those that go over a socket to a real broker as well, which takes thirty times as long. */
const SOCKET_STREAMS = Number(process.env.TEST_FUZZ_SOCKETS ?? STREAMS / 20);
const MINUTE = 60_000;
const seed = process.env.TEST_SEED ?? randomUUID();
const tellSeed = () =>
  console.error(
    `the same streams again: TEST_SEED=${seed} TEST_FUZZ_STREAMS=${STREAMS} TEST_FUZZ_SOCKETS=${SOCKET_STREAMS}`,
  );

describe('random and mutated streams', () => {
  it(`${STREAMS} of them: the guard decides the same however they are cut, and the parser finds no fault with what passes`, {
    timeout: 30 * MINUTE,
  }, () => {
    onTestFailed(tellSeed);
    const report = fuzzGate(seed, 0, STREAMS);
    expect(report.streams).toBe(STREAMS);
    // Neither all refused nor all let through: the streams are worth sending.
    expect(report.refusedStreams).toBeGreaterThan(STREAMS / 5);
    expect(report.refusedStreams).toBeLessThan((STREAMS * 4) / 5);
    expect(report.passedPackets).toBeGreaterThan(STREAMS);
  });

  it('find a guard that lets everything through', () => {
    const openGate = () => ({
      violation: undefined,
      rest: undefined,
      isUnsubscribing: false,
      pass: (chunk: Buffer) => chunk,
    });
    expect(() => fuzzGate(seed, 0, 1000, openGate)).toThrow(/^stream \d+ of seed /);
  });

  it(`${SOCKET_STREAMS} over sockets: the broker lives, its memory is flat, others are served, what is acknowledged is journaled`, {
    timeout: 120 * MINUTE,
  }, async () => {
    onTestFailed(tellSeed);
    await expectUnhurt({ seed, streams: SOCKET_STREAMS, atOnce: 200 });
  });
});
