import { HOUR_MS } from '../../domain/interval.ts';
import { type Battery, keptShare, powerRange, storedAfter } from './battery.ts';
import { type Stay, type Stays, type StoreCourse, siteAt } from './stays.ts';

/** A battery, or a house with a heat pump. `endMs`: the end of the simulation, if it is before that of the stay. */
export function batteryCourse(
  stays: Stays,
  { stepMs, endMs }: { readonly stepMs: number; readonly endMs: number },
): StoreCourse {
  const hours = stepMs / HOUR_MS;
  let stay: Stay | undefined;
  let battery: Battery | undefined;
  let [stored, firstMs] = [0, 0];
  let leastKwh: ArrayLike<number> = [];
  return {
    enter: (atMs) => {
      const now = stays.at(atMs);
      if (now !== stay) {
        [stay, stored, firstMs] = [now, now?.site.battery.initialKwh ?? 0, atMs];
        const steps = now ? Math.round((Math.min(now.toMs, endMs) - atMs) / stepMs) : 0;
        leastKwh = now ? contentForEnd(now.site.battery, steps, hours) : [];
      }
      battery = siteAt(stays, atMs)?.battery;
      if (!battery) return undefined;
      const least = leastKwh[Math.round((atMs - firstMs) / stepMs)] ?? 0;
      const missing = least - stored * keptShare(battery, hours);
      const share = missing > 0 ? 1 / battery.chargeEfficiency : battery.dischargeEfficiency;
      return { storedKwh: stored, ...powerRange(battery, stored, hours), mustKw: (missing * share) / hours };
    },
    take: (powerKw) => {
      if (battery) stored = storedAfter(battery, stored, powerKw, hours);
      return stored;
    },
  };
}

/** What must be stored after each step, so that charging at full power from then on still reaches the final content, kWh. */
function contentForEnd(battery: Battery, steps: number, hours: number): Float64Array {
  const least = new Float64Array(steps);
  const perStep = battery.chargeKw * battery.chargeEfficiency * hours;
  const kept = keptShare(battery, hours);
  let needed = battery.finalKwh;
  for (let t = steps - 1; t >= 0 && needed > 0; t -= 1) {
    least[t] = needed;
    needed = (needed - perStep) / kept;
  }
  return least;
}
