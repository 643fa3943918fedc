import { invalid } from '../config/problem.ts';
import type { Alert } from '../domain/alert.ts';
import { MINUTE_MS } from '../domain/interval.ts';
import type { Reading } from '../domain/reading.ts';
import { isoTime } from '../domain/time.ts';
import { createIngest } from '../ingest/ingest.ts';
import { type AlertingContext, createAlerting } from '../workers/alerting.ts';
import { problemAt, type RuleTest, type RuleTestFile } from './rules-test-file.ts';
import { matchAlerts } from './rules-test-match.ts';

export type TestResult = { readonly name: string; readonly failures: readonly string[] };

type Ages = { readonly maxFutureMs: number; readonly maxPastMs: number };

/**
 * Plays a test's series through ingest, rules and alerts, each reading as it would have come in, and compares what fires at
 * each of its moments. Throws `config-invalid` for a series that no device of the register can have sent.
 */
export function runRuleTest(
  tests: RuleTestFile,
  index: number,
  test: RuleTest,
  context: AlertingContext,
  ages: Ages,
): TestResult {
  const alerting = createAlerting(context);
  const ingest = createIngest({ register: context.register, ...ages });
  const samples = samplesOf(test);
  const firing = new Map<string, Alert>();
  const pump = () => {
    const { changes, refreshed } = alerting.drain();
    for (const { alert } of changes) {
      if (alert.state === 'firing') firing.set(alert.id, alert);
      else firing.delete(alert.id);
    }
    for (const alert of refreshed) if (firing.has(alert.id)) firing.set(alert.id, alert);
  };
  const readings: Reading[] = [];
  const moments = test.expect
    .map((expectation, n) => ({ ...expectation, n, atMs: momentOf(expectation.at, test.start) }))
    .toSorted((a, b) => a.atMs - b.atMs);
  const failures: string[] = [];
  let next = 0;
  let minuteMs = Math.ceil((samples[0]?.atMs ?? test.start) / MINUTE_MS) * MINUTE_MS;
  /** Time goes by although nothing is heard, as it does live. */
  const tickUntil = (atMs: number) => {
    for (; minuteMs <= atMs; minuteMs += MINUTE_MS) {
      alerting.onTick(minuteMs + context.rules.tickGraceMs + 1);
    }
  };
  for (const { n, atMs, alerts } of moments) {
    for (let sample = samples[next]; sample && sample.atMs <= atMs; sample = samples[next]) {
      tickUntil(sample.atMs - 1);
      const refusal = ingest.measurement(sample, sample.atMs, readings);
      if (refusal) {
        const path = ['tests', index, 'series', sample.series];
        throw invalid([problemAt(tests, path, `${refusal.code}: ${refusal.detail}`)]);
      }
      for (const reading of readings.splice(0)) alerting.onReading(reading);
      next += 1;
    }
    tickUntil(atMs);
    alerting.onTick(atMs + context.rules.tickGraceMs + 1);
    pump();
    const seen = [...firing.values()].filter(({ rule }) => test.only?.includes(rule) ?? true);
    const { missing, unexpected } = matchAlerts(seen, alerts);
    if (missing.length + unexpected.length === 0) continue;
    const path = ['tests', index, 'expect', n];
    const { line = 0 } = tests.yaml.at(path);
    failures.push(`${tests.file}:${line}: at ${isoTime(atMs)} (${sinceStart(atMs - test.start)})`);
    for (const { index: which, instead } of missing) {
      const at = tests.yaml.at([...path, 'alerts', which]).line ?? line;
      const nearest = instead === undefined ? '' : ` (nearest: ${instead})`;
      failures.push(`  - missing, line ${at}: ${JSON.stringify(alerts[which])}${nearest}`);
    }
    for (const alert of unexpected) failures.push(`  + not expected: ${inWords(alert)}`);
  }
  return { name: test.name, failures };
}

type Moment = RuleTest['expect'][number]['at'];

function momentOf(moment: Moment, startMs: number): number {
  return 'atMs' in moment ? moment.atMs : startMs + moment.afterMs;
}

/** All series as one, in order of time. */
function samplesOf({ series, start, step }: RuleTest) {
  const samples = series.flatMap((one, n) => {
    const { device, quantity, channel, values = [], at = [] } = one;
    const point = { device, quantity, ...(channel === undefined ? {} : { channel }), series: n };
    const fromMs = one.start === undefined ? start : momentOf(one.start, start);
    const stepMs = one.step ?? step;
    return [
      ...values.flatMap((value, k) =>
        value === undefined ? [] : [{ ...point, atMs: fromMs + k * stepMs, value }],
      ),
      ...at.map(([moment, value]) => ({ ...point, atMs: momentOf(moment, start), value })),
    ];
  });
  return samples.toSorted((a, b) => a.atMs - b.atMs);
}

function sinceStart(ms: number): string {
  const minutes = Math.round(ms / MINUTE_MS);
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60)];
  const parts = [days && `${days} d`, hours && `${hours} h`, minutes % 60 && `${minutes % 60} min`];
  return parts.filter((part) => part !== 0).join(' ') || 'at the start';
}

function inWords({ rule, severity, subject, title, detail }: Alert): string {
  return `${rule}, ${severity}, ${subject}: "${title}" (${detail})`;
}
