import { FEATURE_NAMES } from '../../../src/waste/fill/features.ts';
import { createFillForecast, type FillForecast } from '../../../src/waste/fill/fill-forecast.ts';
import { settings } from '../../../src/waste/fill/settings.ts';
import { ask, type BinLevel, brierOf, readBins, reliabilityOf, type Said, THRESHOLD_PCT } from './bins.ts';

const DAY_MS = 86_400_000;
const open = (prior?: { mean: Float64Array; variance: number }) =>
  createFillForecast({
    thresholdPct: THRESHOLD_PCT,
    withinMs: [DAY_MS, 2 * DAY_MS],
    ...(prior && { prior }),
  });
const tomorrow = { days: 1, span: 0 };
/** Wide, so that the data say what the weights are. */
const LEARNING_VARIANCE = 0.05;

/** The tables of src/waste/README.md, section Fill. */
export async function benchFill(file: string): Promise<void> {
  const levels = readBins(file);
  const bins = [...new Set(levels.map(({ bin }) => bin))];
  const of = (some: readonly string[]) => levels.filter(({ bin }) => some.includes(bin));
  const each = (
    groups: readonly (readonly string[])[],
    forecast: (group: readonly string[]) => FillForecast,
  ) => groups.flatMap((group) => ask(of(group), forecast(group), tomorrow));
  const halves = [0, 1].map((half) => bins.filter((_, at) => at % 2 === half));
  const others = (group: readonly string[]) =>
    learnedFrom(of(halves.find((half) => !group.every((bin) => half.includes(bin))) ?? []));
  const scratch = { mean: scratchWeights(), variance: LEARNING_VARIANCE };

  console.log(`fill: ${levels.length} levels of ${bins.length} bins, threshold ${THRESHOLD_PCT} %\n`);
  console.log(
    '| Asked | bins | weights at first | questions | base rate | Brier | of the base rate | skill |',
  );
  console.log('|---|---|---|---|---|---|---|---|');
  const all = ask(levels, open(), tomorrow);
  row('tomorrow', 'all 16 together', 'shipped', all);
  row('within 2 days', 'all 16 together', 'shipped', ask(levels, open(), { days: 2, span: 1 }));
  row('tomorrow', 'all 16 together', 'none', ask(levels, open(scratch), tomorrow));
  row(
    'tomorrow',
    '8 together',
    'none',
    each(halves, () => open(scratch)),
  );
  row(
    'tomorrow',
    '8 together',
    'of the other 8',
    each(halves, (half) => open(others(half))),
  );
  const alone = bins.map((bin) => [bin]);
  row(
    'tomorrow',
    'each alone',
    'none',
    each(alone, () => open(scratch)),
  );
  row(
    'tomorrow',
    'each alone',
    'of the other 8',
    each(alone, (bin) => open(others(bin))),
  );
  row(
    'tomorrow',
    'each alone',
    'shipped',
    each(alone, () => open()),
  );

  console.log('\n| said | days | mean of what was said | came true |\n|---|---|---|---|');
  for (const [tenth, { count, meanChance, came }] of reliabilityOf(all).entries()) {
    if (count > 0)
      console.log(`| ${tenth * 10}–${tenth * 10 + 10} % | ${count} | ${pct(meanChance)} | ${pct(came)} |`);
  }
  console.log('\nWeights learned from all bins (the shipped ones are these, rounded, without weekdays):');
  const learned = learnedFrom(levels).mean;
  console.log(FEATURE_NAMES.map((name, at) => `${name} ${learned[at]?.toFixed(2)}`).join(', '));
}

/** The growth is believed, and nothing else is known. */
function scratchWeights(): Float64Array {
  return Float64Array.from(FEATURE_NAMES, (name) => (name === 'one' ? -2 : name === 'oddsGrown' ? 2 : 0));
}

function learnedFrom(levels: readonly BinLevel[]) {
  const forecast = open({ mean: scratchWeights(), variance: LEARNING_VARIANCE });
  ask(levels, forecast, tomorrow);
  const [weights = new Float64Array()] = forecast.weights();
  const mean = weights.map((weight, at) => (FEATURE_NAMES[at]?.startsWith('weekday') ? 0 : weight));
  return { mean, variance: settings.weightVariance };
}

function row(asked: string, bins: string, prior: string, said: readonly Said[]): void {
  const { asked: count, rate, brier, base, skill } = brierOf(said);
  const figures = [count, pct(rate), brier.toFixed(4), base.toFixed(4), skill.toFixed(3)];
  console.log(`| ${[asked, bins, prior, ...figures].join(' | ')} |`);
}

function pct(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
