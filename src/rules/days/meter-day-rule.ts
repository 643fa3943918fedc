import { z } from 'zod';
import { createDayHours, dayHoursSchema, foldDayHours, type WholeDay } from '../../anomaly/day-hours.ts';
import type { Ended, Holding } from '../../domain/alert.ts';
import { DAY_MS } from '../../domain/interval.ts';
import type { PlacedPoint } from '../../domain/reading.ts';
import { aboutPoint } from '../about.ts';
import { createBuildingStates } from '../building-states.ts';
import { localClock } from '../local-clock.ts';
import type { Rule, RuleContext } from '../rule.ts';
import { isFreeDay } from './free-day.ts';

type DayRule<P, T> = {
  readonly sees: (point: PlacedPoint) => boolean;
  readonly schema: z.ZodType<T>;
  readonly create: () => NoInfer<T>;
  /** `isFree`: a weekend's, a holiday's or an eve's. What is to be told of the day, if anything. */
  readonly onDay: (
    state: T,
    day: WholeDay & { readonly isFree: boolean },
    parameters: P,
    point: PlacedPoint,
    /** What is known of the points of other buildings. */
    others: () => readonly T[],
  ) => Holding | Ended | undefined;
};

/** A rule that looks at each local day of a register, hour by hour, when it is over. */
export function createMeterDayRule<P, T>(
  { register }: RuleContext<P>,
  { sees, schema, create, onDay }: DayRule<P, T>,
): Rule<P> {
  const pointSchema = z.object({ day: dayHoursSchema, own: schema });
  const states = createBuildingStates(z.record(z.string(), pointSchema), () => ({}));
  const clock = localClock(register);
  const othersOf = (building: string) => () =>
    states.others(building).flatMap((points) => Object.values(points).map(({ own }) => own));

  return {
    sees,
    onReading: ({ point, atMs, value }, { parameters, told }, emit) => {
      const points = states.of(point.building);
      const state = points[point.key];
      if (state === undefined) {
        points[point.key] = { day: createDayHours(atMs, value), own: create() };
        return;
      }
      const day = foldDayHours(state.day, { atMs, value }, clock);
      if (day === undefined) return;
      const isFree = isFreeDay(register().organisation.timeZone, day.dayMs + DAY_MS / 2);
      const found = onDay(state.own, { ...day, isFree }, parameters, point, othersOf(point.building));
      if (found !== undefined) emit({ ...told, ...aboutPoint(point), atMs, ...found });
    },
    snapshot: states.snapshot,
    restore: states.restore,
  };
}
