import { describe, expect, test } from 'vitest';
import {
  bestThreshold,
  normalised,
  probationRows,
  rawAt,
  type ScoredFile,
  scaledSigmoid,
  standardProfile,
  sweep,
} from '../../bench/nab/scorer.ts';

/** 200 rows (probation: 30), one window of 21 rows, detections with score 1 where told. */
function file(detections: readonly number[], windows: ScoredFile['windows'] = [[100, 120]]): ScoredFile {
  const scores = Array.from({ length: 200 }, (_, row) => (detections.includes(row) ? 1 : 0));
  return { name: 'file', scores, windows };
}

const found = (row: number) => scaledSigmoid(-(120 - row + 1) / 21) / scaledSigmoid(-1);

describe('the NAB scorer', () => {
  test('knows the benchmark’s sigmoid at its published points', () => {
    expect(scaledSigmoid(-1)).toBeCloseTo(0.98661, 5);
    expect(scaledSigmoid(-0.5)).toBeCloseTo(0.84828, 5);
    expect(scaledSigmoid(0)).toBe(0);
    expect(scaledSigmoid(1)).toBeCloseTo(-0.98661, 5);
    expect(scaledSigmoid(3)).toBe(-1);
  });

  test('leaves out 15 % of a file, 750 rows at most', () => {
    expect([probationRows(100), probationRows(4032), probationRows(5000), probationRows(22_695)]).toEqual([
      15, 604, 750, 750,
    ]);
  });

  test.each<{ says: string; files: ScoredFile[]; raw: number }>([
    { says: 'nothing found', files: [file([])], raw: -1 },
    { says: 'found on the first row', files: [file([100])], raw: 1 },
    { says: 'found in the middle', files: [file([110])], raw: found(110) },
    { says: 'found on the last row', files: [file([120])], raw: found(120) },
    { says: 'only the earliest counts', files: [file([104, 110, 111, 120])], raw: found(104) },
    { says: 'an alarm before every window costs all', files: [file([50])], raw: -1 - 0.11 },
    {
      says: 'an alarm just behind a window costs little',
      files: [file([100, 121])],
      raw: 1 + 0.11 * scaledSigmoid(1 / 20),
    },
    { says: 'an alarm far behind it costs all', files: [file([100, 199])], raw: 1 - 0.11 },
    { says: 'an alarm in probation costs nothing', files: [file([29, 100])], raw: 1 },
    { says: 'the first row after probation counts', files: [file([30, 100])], raw: 1 - 0.11 },
    { says: 'a file without windows', files: [file([60, 70], [])], raw: -0.22 },
    {
      says: 'distance is from the last window that is past',
      files: [
        file(
          [150],
          [
            [40, 50],
            [130, 140],
          ],
        ),
      ],
      raw: -2 + 0.11 * scaledSigmoid(1),
    },
    { says: 'files add up', files: [file([100]), file([50])], raw: 1 - 1.11 },
  ])('$says', ({ files, raw }) => {
    expect(rawAt(files, 0.5)).toBeCloseTo(raw, 12);
  });

  test('a window that lies in probation is neither found nor missed', () => {
    expect(rawAt([file([], [[5, 20]])], 0.5)).toBe(0);
    expect(rawAt([file([10], [[5, 20]])], 0.5)).toBe(0);
  });

  test('of a window that begins in probation the rest counts', () => {
    expect(rawAt([file([35], [[20, 40]])], 0.5)).toBeCloseTo(scaledSigmoid(-6 / 21) / scaledSigmoid(-1), 12);
  });

  test('picks the threshold of the best raw score', () => {
    const scores = Array.from({ length: 200 }, (_, row) => (row === 100 ? 0.8 : row === 50 ? 0.6 : 0.1));
    const best = bestThreshold([{ name: 'file', scores, windows: [[100, 120]] }]);
    expect(best).toEqual({ threshold: 0.8, raw: 1 });
  });

  test('rows of equal score are detected together', () => {
    const thresholds = sweep([file([50, 100])]).map(({ threshold }) => threshold);
    expect(thresholds).toEqual([1.1, 1, 0]);
  });

  test('nothing is 0, perfect is 100, missing everything and crying wolf is less', () => {
    const files = [file([100]), file([100])];
    expect(normalised(rawAt(files, 0.5), 2)).toBe(100);
    expect(normalised(rawAt([file([]), file([])], 0.5), 2)).toBe(0);
    expect(normalised(rawAt([file([50, 51]), file([])], 0.5), 2)).toBeLessThan(0);
  });

  test('the profile of few false alarms doubles their price', () => {
    const profile = { ...standardProfile, fp: 0.22 };
    expect(rawAt([file([50, 100])], 0.5, profile)).toBeCloseTo(1 - 0.22, 12);
  });
});
