import { HttpError } from '@influxdata/influxdb-client';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMissingBucket, isTooLarge, refusalOf, storeError } from '../../../src/store/influxdb-errors.ts';
import { createReadingLines, intervalLine, tagName, tagText } from '../../../src/store/influxdb-lines.ts';
import { readingOf } from '../../support/readings.ts';

describe('a line to InfluxDB', () => {
  it('has the place of a reading as tags in their order, and the time in milliseconds', () => {
    const line = createReadingLines();
    const reading = readingOf(
      { device: 'd 1', quantity: 'activePowerW', channel: 'L1', space: 'F,1' },
      1_768_461_300_000,
      1.5,
    );
    const text =
      'activePowerW,area=a,building=b1,channel=L1,device=d\\ 1,organisation=o,space=F\\,1 value=1.5 1768461300000';
    expect([line(reading), line({ ...reading })]).toEqual([text, text]);
    expect(line(readingOf({ device: 'd', quantity: 'co2Ppm' }, 5, -0.25))).toBe(
      'co2Ppm,area=a,building=b1,device=d,organisation=o value=-0.25 5',
    );
  });

  it('has the meter of an interval as tags', () => {
    const meter = { device: 'm', channel: 'a', carrier: 'heat' as const };
    expect(intervalLine({ meter, fromMs: 900_000, energyWh: 250, coverage: 0.5 })).toBe(
      'interval,carrier=heat,channel=a,device=m energyWh=250,coverage=0.5 900000',
    );
  });

  it('holds any name, also what the protocol has no way to write', () => {
    expect(tagText('a\\,b\n50 %')).toBe('a%5C,b%0A50 %25');
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii', maxLength: 12 }), (name) => {
        expect(tagName(tagText(name))).toBe(name);
        expect(tagText(name)).not.toMatch(/[\\\n\r]/);
      }),
    );
  });
});

const answer = (status: number, body?: object, headers: Record<string, string> = {}) => {
  const [text, type] =
    body === undefined ? ['<html>', 'text/html'] : [JSON.stringify(body), 'application/json'];
  return new HttpError(status, 'Said', text, null, type, undefined, headers);
};

describe('an error of InfluxDB', () => {
  it.each<[status: number, body: object | undefined, code: string, says: RegExp]>([
    [401, { message: 'unauthorized' }, 'store-misconfigured', /refuses the token \(401: /],
    [403, { message: 'no' }, 'store-misconfigured', /refuses the token \(403: /],
    [404, { message: 'no bucket' }, 'store-misconfigured', /no InfluxDB with such a bucket \(404: /],
    [400, undefined, 'store-misconfigured', /no InfluxDB with such a bucket \(400: /],
    [413, { message: 'large' }, 'store-misconfigured', /a single line too large/],
    [
      400,
      { error: 'unable to parse' },
      'store-failed',
      /does not understand kvarter \(400: unable to parse\)/,
    ],
    [408, undefined, 'store-unavailable', /cannot do it now \(408: /],
    [429, { message: 'slow' }, 'store-unavailable', /cannot do it now/],
    [500, { error: 'engine' }, 'store-unavailable', /cannot do it now \(500: engine\)/],
    [503, undefined, 'store-unavailable', /cannot do it now/],
  ])('of status %i with %j is %s', (status, body, code, says) => {
    expect(storeError('http://i:8086', answer(status, body))).toMatchObject({
      code,
      message: expect.stringMatching(says),
    });
  });

  it.each([
    ['120', 120_000],
    [undefined, undefined],
    ['soon', undefined],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
  ])('that says when to come back (%s) is believed', (text, retryAfterMs) => {
    const headers = text === undefined ? {} : { 'retry-after': text };
    const error = storeError('http://i', answer(503, {}, headers)) as { retryAfterMs?: number };
    expect(error.retryAfterMs).toBe(retryAfterMs);
  });

  it('that never came from a server says why, also of each address of a host', () => {
    const says = (error: unknown) => (storeError('http://i', error) as Error).message;
    expect(says(new Error('ECONNREFUSED'))).toBe('InfluxDB at http://i cannot be reached: ECONNREFUSED');
    expect(says(new AggregateError([new Error('::1'), new Error('127.0.0.1')]))).toMatch(/: ::1, 127.0.0.1$/);
    expect(says(new AggregateError([new Error('::1')], 'none of them'))).toMatch(/: none of them$/);
    expect(says('gone')).toMatch(/: gone$/);
    const own = new RangeError('ours');
    expect(storeError('http://i', own)).toBe(own);
  });

  it('may mean that a bucket is missing, or that it was too much at once', () => {
    const missing = [
      answer(404),
      answer(500, { error: 'database not found: "k"' }),
      answer(500, { error: 'no database' }),
      answer(500, { error: 'engine' }),
      answer(400, { error: 'database not found' }),
      new Error('404'),
    ].map(isMissingBucket);
    expect(missing).toEqual([true, true, true, false, false, false]);
    expect([answer(413), answer(400), new Error('413')].map(isTooLarge)).toEqual([true, false, false]);
  });

  it.each<[status: number, body: object | undefined, refusal: object | undefined]>([
    [
      400,
      { error: 'partial write: points beyond retention policy dropped=3' },
      { reason: expect.stringMatching(/^partial/), lines: 3 },
    ],
    [422, { error: 'type conflict' }, { reason: 'type conflict' }],
    [413, undefined, { reason: expect.any(String) }],
    [400, undefined, undefined],
    [401, { error: 'no' }, undefined],
    [500, { error: 'engine' }, undefined],
  ])('of status %i with %j refuses lines: %j', (status, body, refusal) => {
    expect(refusalOf(answer(status, body))).toEqual(refusal);
    expect(refusalOf(new Error('400'))).toBeUndefined();
  });
});
