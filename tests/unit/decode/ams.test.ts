import { describe, expect, it } from 'vitest';
import { decode } from '../../../src/decode/index.ts';
import { contextOf } from './context.ts';

const READER = '02:00:00:00:00:09';
const METER = '735999000000000009';
const atMs = Date.UTC(2026, 0, 15, 7, 15);

function read(payload: unknown, models: Readonly<Record<string, string>> = {}) {
  const input = { topic: 'house-9/han', payload: Buffer.from(JSON.stringify(payload)), receivedAtMs: atMs };
  return decode(input, contextOf(models));
}

describe('an AMS reader on a topic of its own', () => {
  it.each([
    ['the meter, when nobody is registered', {}, METER],
    [
      'the reader, when it is the one in the register',
      { [READER.toLowerCase()]: 'ams' },
      READER.toLowerCase(),
    ],
    ['the meter, when both are', { [READER]: 'ams', [METER]: 'ams' }, METER],
  ])('is %s', (_says, models, device) => {
    const { measurements } = read({ id: READER, data: { id: METER, P: 1 } }, models);
    expect(measurements).toEqual([{ device, quantity: 'activePowerW', value: 1 }]);
  });

  it.each([
    ['the meter’s time first', { t: 1_768_461_200, rtc: 1_768_461_300 }, atMs],
    ['the reader’s time when the meter has none', { t: 1_768_461_300 }, atMs],
    ['the reader’s time when the meter’s clock was never set', { t: 1_768_461_300, rtc: 0 }, atMs],
    ['no time when no clock was set', { t: 0, rtc: 3600 }, undefined],
  ])('takes %s', (_says, { t, rtc = null }: { t: number; rtc?: number | null }, expected) => {
    const { measurements, problems } = read({ id: READER, t, data: { P: 1, rtc } });
    expect(measurements.map((measurement) => measurement.atMs)).toEqual([expected]);
    expect(problems).toEqual([]);
  });

  it.each([
    ['a time beyond any calendar', { P: 1, rtc: 1e15 }, 'invalid-time', []],
    ['a time that is none', { P: 1, rtc: 'now' }, 'invalid-time', []],
    ['an export that is no number', { P: 1, PO: 'x', U1: 230 }, 'impossible-value', ['voltageV']],
    ['a voltage that is no number', { P: 1, U1: {} }, 'impossible-value', ['activePowerW']],
  ])('of %s says so: nothing is made up', (_says, data, code, quantities) => {
    const { measurements, problems } = read({ id: READER, data });
    expect(problems.map((problem) => problem.code)).toEqual([code]);
    expect(measurements.map(({ quantity }) => quantity)).toEqual(quantities);
  });

  it.each([
    ['no ids', { data: { P: 1 } }],
    ['no powers', { id: READER, data: { temperature: 1 } }],
    ['a list', [{ id: READER, data: { P: 1 } }]],
    ['another prices object', { id: 'shop', prices: { apples: 3 } }],
    ['text', 'P'],
  ])('is not seen in a payload with %s', (_says, payload) => {
    expect(read(payload)).toEqual({
      measurements: [],
      problems: [{ code: 'unknown-topic', detail: 'no decoder claims house-9/han' }],
    });
  });
});
