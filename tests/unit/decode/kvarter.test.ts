import { describe, expect, it } from 'vitest';
import { decode } from '../../../src/decode/index.ts';
import { contextOf } from './context.ts';

const receivedAtMs = Date.UTC(2026, 0, 15, 7, 15);

function read(body: unknown) {
  const payload = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return decode({ topic: 'kvarter/s1/up', payload, receivedAtMs }, contextOf({ s1: 'kvarter' }));
}
const device = 's1';
const warm = { values: { airTemperatureC: 21 } };
const measured = { device, quantity: 'airTemperatureC', value: 21 };

describe('kvarter’s own format', () => {
  it('holds one element or several, each with its time and channel, or as of its arrival', () => {
    const time = '2026-01-15T08:00:00+01:00';
    const atMs = Date.UTC(2026, 0, 15, 7);
    expect(read(warm)).toEqual({ measurements: [measured], problems: [], timeFrom: 'arrival' });
    expect(read({ ...warm, time })).toEqual({
      measurements: [{ ...measured, atMs }],
      problems: [],
      timeFrom: 'device',
    });
    const all = read([
      { ...warm, time },
      { ...warm, channel: 'a' },
      { ...warm, time, channel: 'b' },
    ]);
    expect(all).toEqual({
      measurements: [
        { ...measured, atMs },
        { ...measured, channel: 'a' },
        { ...measured, channel: 'b', atMs },
      ],
      problems: [],
      timeFrom: 'arrival',
    });
    expect(read([])).toEqual({ measurements: [], problems: [], timeFrom: 'arrival' });
  });

  it.each<[wrong: unknown, code: string, detail: string | RegExp]>([
    ['{"values":', 'malformed-payload', /./],
    [7, 'malformed-payload', 'an element is {"time"?,"channel"?,"values":{quantity: number}}'],
    [{ values: 7 }, 'malformed-payload', 'an element is {"time"?,"channel"?,"values":{quantity: number}}'],
    [{ ...warm, time: '2026-01-15T08:00' }, 'invalid-time', '"2026-01-15T08:00" is not ISO 8601 with offset'],
    [{ ...warm, time: 1_768_460_400 }, 'invalid-time', '1768460400 is not ISO 8601 with offset'],
    [{ ...warm, channel: 1 }, 'malformed-payload', 'channel must be text'],
    [{ values: { warmth: 21 } }, 'unknown-quantity', '"warmth": see Quantities in README.md'],
    [{ values: { airTemperatureC: '21' } }, 'impossible-value', 'airTemperatureC is not a number'],
  ])('refuses %j with a reason', (wrong, code, detail) => {
    const { measurements, problems } = read(wrong);
    expect(measurements).toEqual([]);
    expect(problems).toEqual([
      { code, device, detail: typeof detail === 'string' ? detail : expect.stringMatching(detail) },
    ]);
    // What is wrong with one harms no other.
    if (typeof wrong !== 'string') expect(read([wrong, warm]).measurements).toEqual([measured]);
  });

  it('holds no more than ten thousand elements', () => {
    const many = (count: number) => read(Array.from({ length: count }, () => warm));
    expect(many(10_000).measurements).toHaveLength(10_000);
    expect(many(10_001)).toMatchObject({
      measurements: [],
      problems: [
        { code: 'malformed-payload', device, detail: '10001 elements: at most 10000 in one payload' },
      ],
    });
  });
});
