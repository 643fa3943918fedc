import type { Load } from '../energy/load-file.ts';
import type { PowerPrice, Span } from '../energy/power-price.ts';

/** What one component of a tariff bills in one period, as far as the load reaches. */
export type BilledPeriod = Span & {
  readonly component: string;
  readonly currency: string;
  /** Mean of the peaks, kW, and what it costs, excluding VAT. */
  readonly billedKw: number;
  readonly cost: number;
  /** The windows that are billed, with their mean power. */
  readonly peaks: readonly (Span & { readonly kw: number })[];
};

type Candidate = Span & { readonly kw: number; readonly billedKw: number };

/** The windows of a load that a tariff bills, period by period. Windows of which a part is missing are left out. */
export function billedPeriods(prices: readonly PowerPrice[], load: Load): readonly BilledPeriod[] {
  return prices.flatMap((price) => {
    const byPeriod = Map.groupBy(windowsOf(price, load), ({ fromMs }) => price.periodAt(fromMs).fromMs);
    return [...byPeriod].map(([fromMs, windows]): BilledPeriod => {
      const found = highest(price, windows);
      const billedKw = found.reduce((sum, one) => sum + one.billedKw, 0) / price.peaks;
      return {
        fromMs,
        toMs: price.periodAt(fromMs).toMs,
        component: price.reference,
        currency: price.currency,
        billedKw,
        cost: billedKw * price.pricePerKw,
        peaks: found,
      };
    });
  });
}

function highest(price: PowerPrice, windows: readonly Candidate[]): readonly Candidate[] {
  const sorted = windows.filter(({ billedKw }) => billedKw > 0).toSorted((a, b) => b.billedKw - a.billedKw);
  if (!price.onePerDay) return sorted.slice(0, price.peaks);
  const days = new Set<number>();
  return sorted
    .filter(({ fromMs }) => {
      const day = price.dayAt(fromMs).fromMs;
      return !days.has(day) && days.add(day) !== undefined;
    })
    .slice(0, price.peaks);
}

function windowsOf(price: PowerPrice, { fromMs, spacingMs, kw }: Load): readonly Candidate[] {
  const windows: Candidate[] = [];
  const endMs = fromMs + kw.length * spacingMs;
  for (let window = price.windowAt(fromMs); window.fromMs < endMs; window = price.windowAt(window.toMs)) {
    const first = Math.round((window.fromMs - fromMs) / spacingMs);
    const last = Math.round((window.toMs - fromMs) / spacingMs);
    if (first < 0 || last > kw.length || last <= first) continue;
    const part = kw.subarray(first, last);
    const mean = part.reduce((sum, value) => sum + value, 0) / part.length;
    if (Number.isFinite(mean)) windows.push({ ...window, kw: mean, billedKw: price.billedKw(mean, window) });
  }
  return windows;
}
