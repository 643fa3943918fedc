import { HOUR_MS } from '../../domain/interval.ts';
import type { ProgramBuilder } from './linear-program.ts';
import type { Car } from './stays.ts';

/** Each car takes what it takes while it is there; what all take in a step is what is charged in it. */
export function addCars(
  builder: ProgramBuilder,
  cars: readonly Car[],
  course: {
    readonly fromMs: number;
    readonly hours: number;
    readonly steps: number;
    /** The column of what is charged in a step, kW. */
    readonly chargeColumn: (step: number) => number;
  },
): void {
  const { fromMs, hours, steps, chargeColumn } = course;
  const stepAt = (atMs: number): number => Math.round((atMs - fromMs) / (hours * HOUR_MS));
  const charged = Array.from({ length: steps }, (_, t): (readonly [number, number])[] => [
    [chargeColumn(t), -1],
  ]);
  for (const car of cars) {
    const [first, end] = [Math.max(stepAt(car.fromMs), 0), Math.min(stepAt(car.toMs), steps)];
    if (first >= end) continue;
    const entries: (readonly [number, number])[] = [];
    for (let t = first; t < end; t += 1) {
      const column = builder.column(0, 0, car.mostKw);
      entries.push([column, hours]);
      charged[t]?.push([column, 1]);
    }
    builder.row(car.kwh, car.kwh, entries);
  }
  for (const entries of charged) builder.row(0, 0, entries);
}
