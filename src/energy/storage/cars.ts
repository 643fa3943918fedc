import { HOUR_MS } from '../../domain/interval.ts';
import { carCourse, leastOf, sumOf } from './car-course.ts';
import type { Car, Limits, Stay, Stays } from './stays.ts';

/** A car at a charger: from when to when, and what it takes by then, kWh at the charger; `kw`: at most, where it says so. */
export type Visit = {
  readonly fromMs: number;
  readonly toMs: number;
  readonly kwh: number;
  readonly kw?: number;
};

/** Chargers behind one meter, one for each car that is there at a time. */
export type Charger = {
  /** What one of them gives, kW. */
  readonly chargeKw: number;
  readonly importLimitKw: number;
  readonly exportLimitKw: number;
};

/** While the same cars are known: until the next one comes. One that leaves stays in it, full. */
type CarStay = Stay & { readonly cars: readonly Car[] };

/**
 * The cars that are there as one store, of which each must be full when it leaves. What is stored is what all cars of the stay
 * have taken. A car is there in whole steps alone: from the first that begins after it came, to the last that ends before it
 * leaves. What does not fit in them is left out. The steps are those of the load, which begin at `fromMs`.
 */
export function carStays(
  visits: readonly Visit[],
  charger: Charger,
  grid: { readonly fromMs: number; readonly stepMs: number },
): Stays & { readonly cars: readonly Car[] } {
  const cars = visits
    .flatMap((visit) => carOf(visit, charger, grid))
    .toSorted((a, b) => a.fromMs - b.fromMs || a.toMs - b.toMs);
  const list = staysOf(cars, charger);
  const at = (atMs: number): CarStay | undefined => {
    const stay = lastBy(list, atMs);
    return stay && atMs < stay.toMs ? stay : undefined;
  };
  const limitsOf = (stay: CarStay | undefined, atMs: number): Limits => ({
    chargeKw: sumOf(stay?.cars ?? [], ({ toMs, mostKw }) => (atMs < toMs ? mostKw : 0)),
    dischargeKw: 0,
  });
  return {
    at,
    cars,
    limitsAt: (atMs) => limitsOf(at(atMs), atMs),
    limitsAhead: (nowMs, count) => {
      const stay = at(nowMs);
      return Array.from({ length: count }, (_, t) => limitsOf(stay, nowMs + t * grid.stepMs));
    },
    leastAhead: (nowMs, count) => {
      const known = at(nowMs)?.cars ?? [];
      return Float64Array.from({ length: count }, (_, t) =>
        sumOf(known, (car) => leastOf(car, nowMs + (t + 1) * grid.stepMs)),
      );
    },
    storedAtStart: (stay, before, storedKwh) => {
      const gone = lastBy(list, before.fromMs)?.cars.filter(({ toMs }) => toMs <= stay.fromMs) ?? [];
      const left = storedKwh - sumOf(gone, ({ kwh }) => kwh);
      return Math.min(Math.max(left, 0), stay.site.battery.capacityKwh);
    },
    course: (hours) => carCourse((atMs) => at(atMs)?.cars ?? [], hours),
  };
}

function carOf(
  { fromMs, toMs, kwh, kw = Number.POSITIVE_INFINITY }: Visit,
  { chargeKw }: Charger,
  { fromMs: gridMs, stepMs }: { readonly fromMs: number; readonly stepMs: number },
): readonly Car[] {
  const [from, to] = [(fromMs - gridMs) / stepMs, (toMs - gridMs) / stepMs];
  const [first, last] = [gridMs + Math.ceil(from) * stepMs, gridMs + Math.floor(to) * stepMs];
  const mostKw = Math.min(chargeKw, kw);
  const fitKwh = Math.min(kwh, (mostKw * (last - first)) / HOUR_MS);
  return fitKwh > 0 ? [{ fromMs: first, toMs: last, kwh: fitKwh, mostKw }] : [];
}

/** One from each moment on at which cars come. */
function staysOf(cars: readonly Car[], { importLimitKw, exportLimitKw }: Charger): readonly CarStay[] {
  const list: CarStay[] = [];
  let there: Car[] = [];
  for (let i = 0; i < cars.length; ) {
    const fromMs = cars[i]?.fromMs ?? 0;
    there = there.filter(({ toMs }) => toMs > fromMs);
    const first = i;
    while (cars[i]?.fromMs === fromMs) i += 1;
    there.push(...cars.slice(first, i));
    const kwh = sumOf(there, (car) => car.kwh);
    const battery = {
      capacityKwh: kwh,
      chargeKw: sumOf(there, (car) => car.mostKw),
      dischargeKw: 0,
      chargeEfficiency: 1,
      dischargeEfficiency: 1,
      lossPerHour: 0,
      initialKwh: 0,
      finalKwh: kwh,
    };
    const toMs = Math.max(...there.map((car) => car.toMs));
    list.push({ fromMs, toMs, site: { battery, importLimitKw, exportLimitKw }, cars: [...there] });
  }
  return list;
}

/** The last one that began by then. */
function lastBy(list: readonly CarStay[], atMs: number): CarStay | undefined {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((list[middle]?.fromMs ?? 0) <= atMs) low = middle + 1;
    else high = middle;
  }
  return list[low - 1];
}
