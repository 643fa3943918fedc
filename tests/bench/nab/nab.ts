import type { DetectorOptions } from '../../../src/anomaly/detect.ts';
import { seededUniform } from '../../support/chance.ts';
import { readCorpus } from './corpus.ts';
import { scored } from './scored.ts';
import { bestThreshold, normalised, rawOn, type ScoredFile } from './scorer.ts';

/** The defaults, and what one step of one parameter makes of them: what leaving out a folder chooses from. */
const choices: readonly Partial<DetectorOptions>[] = [
  {},
  ...[64, 192].map((points) => ({ points })),
  ...[0.07, 0.15].map((newShare) => ({ newShare })),
  ...[8, 16].map((shapeRows) => ({ shapeRows })),
  ...[24, 96].map((levelRows) => ({ levelRows })),
  ...[0.05, 0.2].map((latestGain) => ({ latestGain })),
  ...[1.5, 5].map((clipSpreads) => ({ clipSpreads })),
  ...[0.1, 0.4].map((surprisePerDecade) => ({ surprisePerDecade })),
  ...[0.7, 1.1].map((alarmSurprise) => ({ alarmSurprise })),
  ...[50, 120].map((quietRows) => ({ quietRows })),
  ...[2500, 20_000].map((memoryRows) => ({ memoryRows })),
];

/** Thresholds that are tried; alarms begin at 0.5. */
const grid = Array.from({ length: 200 }, (_, i) => 0.5 + i / 400);
/** A setting is judged by its mean over so many neighbouring thresholds, not by a lucky one. */
const NEIGHBOURS = 9;

type Curve = readonly number[];
/** A file's raw score at each threshold of the grid, which add up over files. */
type Run = { readonly options: Partial<DetectorOptions>; readonly files: readonly FileCurve[] };
type FileCurve = ScoredFile & { readonly folder: string; readonly curve: Curve };

/** The development series of the Numenta Anomaly Benchmark: as it comes, and with all choices made by other folders. */
export function benchNab(folder: string): void {
  const corpus = readCorpus(folder);
  const runs = choices.map((options): Run => {
    const files = corpus.map((file) => ({ ...scored(file, options), folder: file.folder }));
    return { options, files: files.map((file) => ({ ...file, curve: rawOn([file], grid) })) };
  });
  const [defaults] = runs;
  if (!defaults) return;
  const { files } = defaults;
  const { threshold, raw } = bestThreshold(files);
  const windows = windowsIn(files);
  console.log(`nab: ${files.length} files, ${windows} windows, standard profile`);
  console.log(`  one threshold for the corpus (${threshold.toFixed(4)}): ${show(normalised(raw, windows))}`);
  leaveOut(runs, defaults);
  const all = runs.map((run) => bestScore(run.files)).toSorted((a, b) => a - b);
  console.log(
    `  ${runs.length} settings, each at its own threshold: ${show(all[0])} to ${show(all.at(-1))}, median ${show(all[all.length >> 1])}`,
  );
  console.log(`  90 % of 1,000 resamplings of the files: ${resampled(files).map(show).join(' to ')}`);
}

/** Each folder in turn is scored with what the other folders would have chosen. */
function leaveOut(runs: readonly Run[], defaults: Run): void {
  const folders = [...new Set(defaults.files.map(({ folder }) => folder))];
  const corpusAt = indexOfBest(sum(defaults.files));
  let [byThreshold, byAll] = [0, 0];
  for (const name of folders) {
    const own = ({ files }: Run) => files.filter(({ folder }) => folder === name);
    const others = ({ files }: Run) => sum(files.filter(({ folder }) => folder !== name));
    const chosen = runs.reduce((best, run) => (steady(others(run)) > steady(others(best)) ? run : best));
    const at = (run: Run, place: number) => sum(own(run))[place] ?? 0;
    const [asIs, threshold, all] = [
      at(defaults, corpusAt),
      at(defaults, indexOfBest(others(defaults))),
      at(chosen, indexOfBest(others(chosen))),
    ];
    byThreshold += threshold;
    byAll += all;
    const count = windowsIn(own(defaults));
    const score = (value: number) => (count > 0 ? show(normalised(value, count)) : `raw ${value.toFixed(2)}`);
    console.log(
      `  ${name}, ${count} windows: ${score(asIs)}; threshold by the others ${score(threshold)}; ` +
        `all by the others ${score(all)} ${JSON.stringify(chosen.options)}`,
    );
  }
  const windows = windowsIn(defaults.files);
  console.log(`  threshold by the other folders: ${show(normalised(byThreshold, windows))}`);
  console.log(
    `  every parameter and the threshold by the other folders: ${show(normalised(byAll, windows))}`,
  );
}

/** The 5th and 95th percentile of the score, each resampling at its own best threshold. */
function resampled(files: readonly FileCurve[]): readonly number[] {
  const uniform = seededUniform('nab');
  const scores = Array.from({ length: 1000 }, () =>
    bestScore(files.flatMap(() => files[Math.floor(uniform() * files.length)] ?? [])),
  ).toSorted((a, b) => a - b);
  return [scores[50] ?? 0, scores[949] ?? 0];
}

function bestScore(files: readonly FileCurve[]): number {
  return normalised(Math.max(...sum(files)), windowsIn(files));
}

function windowsIn(files: readonly ScoredFile[]): number {
  return files.reduce((count, { windows }) => count + windows.length, 0);
}

function sum(files: readonly FileCurve[]): Curve {
  return grid.map((_, i) => files.reduce((total, { curve }) => total + (curve[i] ?? 0), 0));
}

function indexOfBest(curve: Curve): number {
  return curve.indexOf(Math.max(...curve));
}

function steady(curve: Curve): number {
  const means = curve
    .slice(NEIGHBOURS - 1)
    .map((_, i) => curve.slice(i, i + NEIGHBOURS).reduce((total, raw) => total + raw, 0) / NEIGHBOURS);
  return Math.max(...means);
}

function show(score: number | undefined): string {
  return (score ?? Number.NaN).toFixed(1);
}
