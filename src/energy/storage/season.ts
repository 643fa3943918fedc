import { costOf, type PowerCost } from './peak-term.ts';

/** Peaks of other days of a billing period, highest first: what is billed beside the peak of one day. */
export type Others = readonly (readonly number[])[];

/**
 * What a day's peak costs: the mean over scenarios of the bill with it less the bill without. `others`: the peaks of
 * the other days in each scenario, as many as are billed, highest first. `times`: how often the day's peak is billed.
 */
export function peakCost(
  { cost, peaks, times }: { readonly cost: PowerCost; readonly peaks: number; readonly times: number },
  others: Others,
): (billedKw: number) => number {
  const bills = others.map((scenario) => {
    const without = costOf(cost, meanWith(scenario, 0, peaks, 0));
    return { scenario, without };
  });
  return (billedKw) => {
    let sum = 0;
    for (const { scenario, without } of bills) {
      sum += costOf(cost, meanWith(scenario, billedKw, peaks, times)) - without;
    }
    return sum / Math.max(bills.length, 1);
  };
}

/** Mean of the N highest of some peaks, highest first, and one more that counts several times. */
function meanWith(sorted: readonly number[], more: number, peaks: number, times: number): number {
  let sum = 0;
  let taken = 0;
  let mine = times;
  for (let i = 0; taken < peaks; taken += 1) {
    const next = sorted[i] ?? 0;
    if (mine > 0 && more >= next) {
      sum += more;
      mine -= 1;
    } else {
      sum += next;
      i += 1;
    }
  }
  return sum / peaks;
}

/**
 * The lowest peak to which a day could have been held by somebody who knew it, kW billed: the store is full at its start
 * and is filled again whenever there is room below. `allowedKw`: the mean import at which a step bills so much.
 */
export function lowestPeak(
  site: {
    readonly capacityKwh: number;
    readonly chargeKw: number;
    readonly dischargeKw: number;
    readonly chargeEfficiency: number;
    readonly dischargeEfficiency: number;
  },
  loads: readonly number[],
  hours: number,
  billed: (step: number, meanKw: number) => number,
): { readonly heldKw: number; readonly bareKw: number } {
  const bareKw = loads.reduce((most, kw, step) => Math.max(most, billed(step, Math.max(kw, 0))), 0);
  const holds = (levelKw: number): boolean => {
    let stored = site.capacityKwh;
    for (const [step, kw] of loads.entries()) {
      if (billed(step, Math.max(kw, 0)) > levelKw) {
        // Down to the import that bills the level.
        let [low, high] = [0, Math.max(kw, 0)];
        for (let i = 0; i < 12; i += 1) {
          const middle = (low + high) / 2;
          if (billed(step, middle) > levelKw) high = middle;
          else low = middle;
        }
        const need = kw - low;
        if (need > site.dischargeKw + 1e-9) return false;
        stored -= (need * hours) / site.dischargeEfficiency;
        if (stored < -1e-9) return false;
      } else {
        // How far the import may rise is looked for no finer than in halves.
        let room = Math.min(site.chargeKw, (site.capacityKwh - stored) / (hours * site.chargeEfficiency));
        for (let i = 0; i < 8 && room > 1e-6 && billed(step, Math.max(kw + room, 0)) > levelKw; i += 1)
          room /= 2;
        if (billed(step, Math.max(kw + room, 0)) <= levelKw) stored += room * hours * site.chargeEfficiency;
      }
    }
    return true;
  };
  let [low, high] = [0, bareKw];
  for (let i = 0; i < 12; i += 1) {
    const middle = (low + high) / 2;
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return { heldKw: high, bareKw };
}
