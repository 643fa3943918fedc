import { HOUR_MS } from '../../domain/interval.ts';
import type { Tariff } from '../tariffs/compile-tariff.ts';
import { powerRange, type StorageSite } from './battery.ts';
import { billedBy, importBilling } from './peak-term.ts';
import type { Policy } from './simulate.ts';
import { piecesOf } from './terms.ts';

const DAYS = 7;

/**
 * The simple rule that others are measured against: hold the import below the peak that the billing period has already
 * paid (at first below the mean load of the last week), and fill the store again whenever there is room below.
 */
export function createGuardPolicy(
  site: StorageSite,
  tariff: Tariff,
  { stepMs, endMs }: { readonly stepMs: number; readonly endMs: number },
): Policy {
  const { battery } = site;
  const hours = stepMs / HOUR_MS;
  const recent: number[] = [];
  const paid = tariff.power.map(() => ({ periodMs: Number.NaN, kw: 0 }));
  const meanKw = () =>
    recent.length === 0 ? 0 : Math.max(recent.reduce((sum, kw) => sum + kw, 0) / recent.length, 0);

  const remember = (netKw: number): void => {
    if (!Number.isFinite(netKw)) return;
    recent.push(netKw);
    if (recent.length > (DAYS * 24) / hours) recent.shift();
  };

  const note = (fromMs: number, netKw: number, gridKw: number): void => {
    if (!Number.isFinite(netKw)) return;
    remember(netKw);
    for (const [p, price] of tariff.power.entries()) {
      const state = paid[p];
      const periodMs = price.periodAt(fromMs).fromMs;
      if (!state) continue;
      if (state.periodMs !== periodMs) [state.periodMs, state.kw] = [periodMs, 0];
      state.kw = Math.max(state.kw, billedBy(piecesOf(price, price.windowAt(fromMs)), Math.max(gridKw, 0)));
    }
  };

  return {
    // Not billed: of the period in which it begins only what is simulated is.
    learn: (_fromMs, netKw) => remember(netKw),
    powerFor: (fromMs, storedKwh, netKw) => {
      let ceilingKw = site.importLimitKw;
      const mean = meanKw();
      for (const [p, price] of tariff.power.entries()) {
        const pieces = piecesOf(price, price.windowAt(fromMs));
        const state = paid[p];
        const isRunning = state?.periodMs === price.periodAt(fromMs).fromMs;
        const level = Math.max(isRunning ? (state?.kw ?? 0) : 0, billedBy(pieces, mean));
        ceilingKw = Math.min(ceilingKw, importBilling(pieces, level));
      }
      const { minKw, maxKw } = powerRange(battery, storedKwh, hours);
      if (!Number.isFinite(ceilingKw)) ceilingKw = netKw + battery.chargeKw;
      // At the end the store is filled to what it must hold, and no further.
      const hoursLeft = (endMs - fromMs) / HOUR_MS;
      const fillMs =
        battery.chargeKw > 0 ? battery.capacityKwh / (battery.chargeKw * battery.chargeEfficiency) : 0;
      const isEnding = hoursLeft <= fillMs + 2;
      const wantedKwh = isEnding ? battery.finalKwh : battery.capacityKwh;
      const fillKw = Math.max(wantedKwh - storedKwh, 0) / (battery.chargeEfficiency * hours);
      const mostKw = isEnding ? Math.min(maxKw, fillKw) : maxKw;
      const least = isEnding
        ? Math.max(minKw, ((battery.finalKwh - storedKwh) * battery.dischargeEfficiency) / hours)
        : minKw;
      return Math.min(Math.max(ceilingKw - netKw, Math.min(least, 0)), Math.max(mostKw, 0));
    },
    end: note,
  };
}
