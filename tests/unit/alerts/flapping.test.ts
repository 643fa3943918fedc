import { describe, expect, it } from 'vitest';
import { alertJson, lifeJson } from '../../../src/alerts/alert-json.ts';
import { createAlertBook } from '../../../src/alerts/book.ts';
import { parseRules } from '../../../src/config/rules.ts';
import { finding, MINUTE_MS, T0 } from './findings.ts';

const flapping = { times: 2, withinMs: 60 * MINUTE_MS, calmMs: 20 * MINUTE_MS };

/** A step each five minutes: + holds, - is gone, _ says nothing. */
function play(series: string, restartAt = -1) {
  let book = createAlertBook();
  book.useFlapping(flapping);
  const changes: ReturnType<typeof book.drain>['changes'][number][] = [];
  for (const [n, step] of series.split(' ').entries()) {
    const atMs = T0 + n * 5 * MINUTE_MS;
    if (n === restartAt) {
      const snapshot = JSON.parse(JSON.stringify([...book.snapshot()]));
      book = createAlertBook();
      book.useFlapping(flapping);
      for (const part of snapshot) book.restore(part);
    }
    if (step !== '_') book.onFinding(finding({ atMs, holds: step === '+' }));
    book.onTick('BYGG-1', atMs);
    changes.push(...book.drain().changes);
  }
  return changes;
}

const inWords = (changes: ReturnType<typeof play>) =>
  changes
    .map(({ alert, atMs }) => {
      const flaps = alert.flapping ? `*${alert.flapping.times}` : '';
      return `${alert.state}@${(atMs - T0) / MINUTE_MS}${flaps}`;
    })
    .join(' ');

describe('an alert that begins again and again, more than twice an hour', () => {
  const calm = `firing@0 resolved@5 firing@10 resolved@15`;
  it.each([
    ['is told each time until then', '+ - + - _ _', calm],
    ['is told as flapping once, and stays open', '+ - + - + - + - +', `${calm} firing@20*3`],
    [
      'is over when it has been calm for 20 minutes',
      '+ - + - + - + - _ _ _ _ _',
      `${calm} firing@20*3 resolved@55*4`,
    ],
    [
      'is counted anew after it was calm',
      '+ - + - + - _ _ _ _ + -',
      `${calm} firing@20*3 resolved@45*3 firing@50 resolved@55`,
    ],
    ['is not flapping when the hour is over', '+ - + - _ _ _ _ _ _ _ _ + -', `${calm} firing@60 resolved@65`],
  ])('%s', (_what, series, expected) => {
    expect(inWords(play(series))).toBe(expected);
    for (let at = 1; at < series.split(' ').length; at += 1) {
      expect(inWords(play(series, at))).toBe(expected);
    }
  });

  it('says so, and shows that its ends are held back', () => {
    const alert = play('+ - + - +').at(-1)!.alert;
    expect(alertJson(alert)).toMatchObject({
      flapping: { times: 3, since: '2026-01-15T07:00:00.000Z' },
      detail: expect.stringMatching(/begun 3 times since 2026-01-15T07:00:00.000Z, and stays open/),
    });
    expect(lifeJson(alert, {}, { nowMs: T0 })).toMatchObject({ state: 'firing', heldBy: 'flapping' });
    const over = play('+ - + - + - _ _ _ _').at(-1)!.alert;
    expect(lifeJson(over, {}, { nowMs: T0 })).toMatchObject({ state: 'resolved', flapping: { times: 3 } });
    expect(lifeJson(over, {}, { nowMs: T0 })).not.toHaveProperty('heldBy');
  });

  it('is remembered by what began within the hour alone', () => {
    const book = createAlertBook();
    book.useFlapping(flapping);
    const begins = (subject: string, minutes: number) => {
      for (const holds of [true, false])
        book.onFinding(finding({ subject, holds, atMs: T0 + minutes * MINUTE_MS }));
    };
    begins('S1', 0);
    begins('S2', 30);
    begins('S3', 60);
    expect(JSON.stringify([...book.snapshot()])).not.toContain('S1');
    expect(JSON.stringify([...book.snapshot()])).toContain('S2');
    // Where nothing is held open any more, nothing is remembered.
    book.useFlapping(undefined);
    book.useFlapping(flapping);
    expect(JSON.stringify([...book.snapshot()])).not.toContain('S2');
  });

  it('is held open as the rule file says, or never', () => {
    const read = (text: string) => {
      const parsed = parseRules('rules.yaml', text);
      return parsed.ok ? parsed.rules.flapping : parsed.problems;
    };
    expect(read('flapping: { times: 3, within: 1 h }')).toEqual({
      times: 3,
      withinMs: 3_600_000,
      calmMs: 7_200_000,
    });
    expect(read('flapping: { times: 0 }')).toBeUndefined();
    expect(read('flapping: { times: -1 }')).toMatchObject([{ line: 1, path: 'flapping.times' }]);
  });
});
