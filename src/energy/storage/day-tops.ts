import type { Span } from '../tariffs/power-price.ts';
import { billedBy } from './peak-term.ts';
import type { RuleStep } from './rule-steps.ts';
import type { TrackedRule } from './tracked-rules.ts';

export type DayWindow = { readonly from: number; readonly to: number; readonly step: RuleStep };

/** The windows of each day, days alike once. */
export function kindsOf({ stepAt }: TrackedRule, days: readonly Span[], stepMs: number) {
  const windows: (readonly DayWindow[])[] = [];
  const known = new Map<string, number>();
  const kindOf = days.map(({ fromMs, toMs }) => {
    const own: DayWindow[] = [];
    for (let atMs = fromMs; atMs < toMs; ) {
      const step = stepAt(atMs);
      const endMs = Math.max(Math.min(step.window.toMs, toMs), atMs + stepMs);
      const [from, to] = [Math.round((atMs - fromMs) / stepMs), Math.round((endMs - fromMs) / stepMs)];
      if (step.pieces.length > 0) own.push({ from, to, step });
      atMs = endMs;
    }
    const key = own.map(({ from, to, step }) => `${from}-${to}:${step.key}`).join();
    const kind = known.get(key) ?? windows.push(own) - 1;
    known.set(key, kind);
    return kind;
  });
  return { windows, kindOf };
}

/** What of a day may be billed: its highest windows, as many as count. */
export function topsOf(
  { price }: TrackedRule,
  windows: readonly DayWindow[],
  importKw: readonly number[],
): readonly number[] {
  const billed = windows.map(({ from, to, step }) => {
    let sum = 0;
    for (let t = from; t < to; t += 1) sum += importKw[Math.min(t, importKw.length - 1)] ?? 0;
    return billedBy(step.pieces, sum / Math.max(to - from, 1));
  });
  const most = price.onePer === 'window' || price.onePer === 'hour' ? price.meanOf : 1;
  return billed.sort((a, b) => b - a).slice(0, most);
}
