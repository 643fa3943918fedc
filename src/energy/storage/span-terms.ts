import { lookBackPeriods } from '../bills/bill.ts';
import type { Tariff } from '../tariffs/compile-tariff.ts';
import type { Span } from '../tariffs/power-price.ts';
import { withPast } from './past-windows.ts';
import type { PeakTerm } from './peak-term.ts';
import { peakTerms } from './terms.ts';

/**
 * The peak terms of a span of a load, with what a look-back finds in the billing periods before it, as the bill does: these
 * peaks cannot be changed any more, and what is below them costs nothing. Of the period in which the span begins only what is in
 * the span counts.
 */
export function termsOver(
  tariff: Tariff,
  {
    fromMs,
    spacingMs,
    kw,
  }: { readonly fromMs: number; readonly spacingMs: number; readonly kw: Float64Array },
  span: Span,
): readonly PeakTerm[] {
  const firstMs = tariff.periodAt(span.fromMs).fromMs;
  let [gridMs, periods] = [span.fromMs, 0];
  for (let left = lookBackPeriods(tariff) - 1, at = firstMs; left > 0 && at > fromMs; left -= 1) {
    at = tariff.periodAt(at - 1).fromMs;
    gridMs = fromMs + Math.max(Math.ceil((at - fromMs) / spacingMs), 0) * spacingMs;
    periods += 1;
  }
  const past = Math.round((span.fromMs - gridMs) / spacingMs);
  const steps = past + Math.round((span.toMs - span.fromMs) / spacingMs);
  const terms = peakTerms(tariff, { fromMs: gridMs, stepMs: spacingMs, steps });
  const importKw = (step: number): number => {
    const atMs = gridMs + step * spacingMs;
    return atMs < firstMs ? Math.max(kw[Math.round((atMs - fromMs) / spacingMs)] ?? 0, 0) : Number.NaN;
  };
  return withPast(
    terms.filter(({ period }) => period >= periods),
    past,
    importKw,
  );
}
