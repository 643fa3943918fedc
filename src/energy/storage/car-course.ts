import { HOUR_MS } from '../../domain/interval.ts';
import type { Car, StoreCourse } from './stays.ts';

/**
 * Cars on their way through the steps of a simulation. What a step gives goes first to those that would not be full in time
 * without it, then to those that can wait the shortest (least laxity first), so that as many as possible can take more later.
 * `carsAt`: the cars of the stay that a step is in.
 */
export function carCourse(carsAt: (atMs: number) => readonly Car[], hours: number): StoreCourse {
  let takenKwh = new Map<Car, number>();
  let there: readonly Car[] = [];
  let nowMs = 0;
  const takenBy = (car: Car): number => takenKwh.get(car) ?? 0;
  const lacking = (car: Car): number => car.kwh - takenBy(car);
  /** What a car can take in the step, and what it has to, to be full in time, kWh. */
  const canTake = (car: Car): number => Math.min(car.mostKw * hours, lacking(car));
  const mustTake = (car: Car): number =>
    Math.min(Math.max(leastOf(car, nowMs + hours * HOUR_MS) - takenBy(car), 0), canTake(car));
  const canWait = (car: Car): number => (car.toMs - nowMs) / HOUR_MS - lacking(car) / car.mostKw;
  return {
    enter: (atMs) => {
      nowMs = atMs;
      const known = carsAt(atMs);
      takenKwh = new Map(known.map((car) => [car, takenBy(car)]));
      there = known.filter(({ toMs }) => toMs > atMs);
      if (there.length === 0) return undefined;
      const [must, can] = [sumOf(there, mustTake), sumOf(there, canTake)];
      return { storedKwh: sumOf(known, takenBy), minKw: 0, mustKw: must / hours, maxKw: can / hours };
    },
    take: (powerKw) => {
      let leftKwh = powerKw * hours - sumOf(there, mustTake);
      // Worked out before any of them takes something.
      const inTurn = there
        .map((car) => ({ car, waits: canWait(car), must: mustTake(car), can: canTake(car) }))
        .toSorted((a, b) => a.waits - b.waits);
      for (const { car, must, can } of inTurn) {
        const more = Math.min(Math.max(leftKwh, 0), can - must);
        leftKwh -= more;
        takenKwh.set(car, takenBy(car) + must + more);
      }
      return sumOf(there, takenBy);
    },
  };
}

/** What a car must have taken by a moment, to be full in time at full power from then on, kWh. */
export function leastOf({ toMs, kwh, mostKw }: Car, atMs: number): number {
  return Math.max(kwh - (mostKw * Math.max(toMs - atMs, 0)) / HOUR_MS, 0);
}

export function sumOf(cars: readonly Car[], of: (car: Car) => number): number {
  return cars.reduce((sum, car) => sum + of(car), 0);
}
