import { createDetector, type DetectorOptions } from '../../../src/anomaly/detect.ts';
import { parseSeriesTime } from '../../../src/commands/series-time.ts';
import type { NabFile } from './corpus.ts';
import type { ScoredFile } from './scorer.ts';

/** A file with the scores that `kvarter detect` gives it; a row that it skips scores 0. */
export function scored(file: NabFile, options: Partial<DetectorOptions> = {}): ScoredFile {
  const detector = createDetector(options);
  let newestMs = Number.NEGATIVE_INFINITY;
  const scores = file.timestamps.map((timestamp, row) => {
    const time = parseSeriesTime(timestamp);
    if (!time || time.atMs <= newestMs) return 0;
    newestMs = time.atMs;
    return detector.next(time.atMs, file.values[row] ?? Number.NaN, time.wallMs);
  });
  return { name: file.name, scores, windows: file.windows };
}
