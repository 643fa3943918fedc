import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMemory, memoryOf } from '../../../src/decode/memory.ts';

const T = Date.UTC(2026, 0, 15, 7, 15);
const MINUTE_MS = 60_000;

describe('what decoders remember', () => {
  it('is bounded: what was set longest ago is forgotten, and what is too large is not kept', () => {
    const memory = createMemory({ maxBytes: 100 });
    for (let n = 0; n < 50; n += 1) memory.set(`key-${n}`, n, T);
    expect(memory.bytes()).toBeLessThanOrEqual(100);
    expect([memory.get('key-0', T), memory.get('key-49', T)]).toEqual([undefined, 49]);
    memory.set('key-49', 'x'.repeat(40), T);
    expect(memory.get('key-49', T)).toBeUndefined();
    memory.set('again', 1, T);
    expect(memory.get('again', T)).toBe(1);
  });

  it('is each sender’s and each format’s own', () => {
    const memory = createMemory({ maxBytes: 1000 });
    const [one, two] = ['one', 'two'].map((sender) =>
      memoryOf(memory, 'sparkplug', { sender, receivedAtMs: T }),
    );
    one?.set('node', 1);
    memoryOf(memory, 'sparkplug', { receivedAtMs: T }).set('node', 2);
    expect([one?.get('node'), two?.get('node')]).toEqual([1, undefined]);
    expect(memoryOf(memory, 'zigbee2mqtt', { sender: 'one', receivedAtMs: T }).get('node')).toBeUndefined();
  });

  it('is as of when a packet came, for one that is taken in again', () => {
    const memory = createMemory({ maxBytes: 1000 });
    memory.set('node', 'new', T);
    memory.tick(T + 5 * MINUTE_MS);
    expect(memory.get('node', T - MINUTE_MS)).toBeUndefined();
    memory.set('node', 'old', T - MINUTE_MS);
    expect(memory.get('node', T + 5 * MINUTE_MS)).toBe('new');
    memory.set('other', 'old', T - MINUTE_MS);
    expect(memory.get('other', T - MINUTE_MS)).toBe('old');
  });

  it('goes on when the clock is set back: what comes is not late because what came before was early', () => {
    const memory = createMemory({ maxBytes: 1000 });
    memory.set('node', 'early', T + 1000 * MINUTE_MS);
    memory.tick(T + 1000 * MINUTE_MS);
    memory.tick(T);
    expect(memory.get('node', T)).toBe('early');
    memory.set('node', 'now', T);
    expect(memory.get('node', T)).toBe('now');
  });

  it('is asked of a memory behind it as of when the packet came', () => {
    const live = createMemory({ maxBytes: 1000 });
    live.set('born long ago', 1, T);
    live.set('born since', 2, T + MINUTE_MS);
    const again = createMemory({ maxBytes: 1000, behind: live });
    expect([again.get('born long ago', T), again.get('born since', T)]).toEqual([1, undefined]);
    again.set('born long ago', 3, T);
    expect(again.get('born long ago', T)).toBe(3);
  });

  it('follows one in which a key was set twice, the first time small', () => {
    const first = createMemory({ maxBytes: 44 });
    const follower = createMemory({ maxBytes: 44 });
    const set = (...entries: readonly (readonly [key: string, text: string])[]) => {
      for (const [key, text] of entries) first.set(key, text, T);
      follower.apply(first.takeChanges());
    };
    set(['a', '    '], ['b', '       ']);
    set(['b', ''], ['f', '    '], ['e', '       '], ['g', '  \\    '], ['b', '']);
    for (const key of 'abefg') expect(follower.get(key, T), key).toBe(first.get(key, T));
    expect(follower.bytes()).toBe(first.bytes());
  });

  it('is the same when it is kept and restored, or set from another’s changes, at any bound', () => {
    const step = fc.tuple(fc.constantFrom(...'abcdefgh'), fc.string({ maxLength: 12 }));
    fc.assert(
      fc.property(
        fc.array(step),
        fc.array(step),
        fc.integer({ min: 20, max: 80 }),
        (before, after, maxBytes) => {
          const first = createMemory({ maxBytes });
          const follower = createMemory({ maxBytes });
          const kept = new Map<string, readonly [string, string | undefined, number]>();
          const keep = () => {
            const changes = first.takeChanges();
            follower.apply(changes);
            for (const change of changes) {
              kept.delete(change[0]);
              if (change[1] !== undefined) kept.set(change[0], change);
            }
          };
          for (const [key, text] of before) first.set(key, text, T);
          keep();
          const restored = createMemory({ maxBytes, entries: kept.values() });
          for (const [key, text] of after) {
            first.set(key, text, T);
            restored.set(key, text, T);
          }
          keep();
          for (const key of 'abcdefgh') {
            const value = first.get(key, T);
            expect([restored.get(key, T), follower.get(key, T)]).toEqual([value, value]);
          }
          expect([restored.bytes(), follower.bytes()]).toEqual([first.bytes(), first.bytes()]);
        },
      ),
    );
  });
});
