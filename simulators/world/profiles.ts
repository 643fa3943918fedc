import type { Moment } from './calendar.ts';

/** Shares by local hour, for a working day and a free one. */
export type Profile = { readonly work: readonly number[]; readonly free: readonly number[] };

/** A profile at a moment, linear between hours; `shiftHours` later for people who get up late. */
export function profileAt({ work, free }: Profile, { hour, isFree }: Moment, shiftHours = 0): number {
  const values = isFree ? free : work;
  const place = hour - shiftHours + 24;
  const from = Math.floor(place);
  const before = values[from % 24] ?? 0;
  const after = values[(from + 1) % 24] ?? 0;
  return before + (after - before) * (place - from);
}

/** Mean of a profile over a week of five working days, as so many a day are shared out by it. */
export function meanOf({ work, free }: Profile): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return (5 * mean(work) + 2 * mean(free)) / 7;
}

/** Of a household's people, who is at home. After the Swedish time-use survey (SCB 2010/11, Nu för tiden). */
export const atHome: Profile = {
  work: [
    0.97, 0.98, 0.98, 0.98, 0.98, 0.96, 0.9, 0.68, 0.46, 0.38, 0.36, 0.37, 0.38, 0.38, 0.4, 0.45, 0.57, 0.7,
    0.77, 0.81, 0.84, 0.88, 0.93, 0.96,
  ],
  free: [
    0.93, 0.95, 0.96, 0.96, 0.96, 0.96, 0.95, 0.94, 0.9, 0.82, 0.73, 0.67, 0.65, 0.63, 0.62, 0.64, 0.68, 0.73,
    0.76, 0.78, 0.8, 0.84, 0.88, 0.91,
  ],
};

/** Awake and at home: what lamps, screens and taps follow. */
export const active: Profile = {
  work: [
    0.14, 0.06, 0.03, 0.02, 0.04, 0.16, 0.46, 0.5, 0.38, 0.33, 0.32, 0.34, 0.36, 0.35, 0.37, 0.43, 0.56, 0.69,
    0.75, 0.78, 0.78, 0.72, 0.55, 0.3,
  ],
  free: [
    0.28, 0.16, 0.08, 0.05, 0.04, 0.06, 0.14, 0.31, 0.52, 0.62, 0.63, 0.61, 0.6, 0.58, 0.58, 0.6, 0.64, 0.69,
    0.71, 0.72, 0.71, 0.66, 0.55, 0.42,
  ],
};

/** When hobs and ovens are on; 1 on average. */
export const cooking: Profile = {
  work: [
    0.1, 0.05, 0.02, 0.02, 0.05, 0.25, 0.9, 1.1, 0.7, 0.5, 0.6, 1.1, 1.2, 0.8, 0.7, 1.1, 2.3, 3.4, 3.2, 2.2,
    1.4, 0.9, 0.5, 0.2,
  ],
  free: [
    0.15, 0.1, 0.05, 0.02, 0.02, 0.05, 0.2, 0.6, 1.3, 1.5, 1.4, 1.6, 1.9, 1.5, 1.2, 1.4, 2.1, 2.8, 2.6, 1.9,
    1.3, 0.9, 0.6, 0.3,
  ],
};

/** When hot water is drawn, 1 on average: two humps on a working day, one long one on a free day (Energimyndigheten ER 2009:26). */
export const taps: Profile = {
  work: [
    0.25, 0.1, 0.05, 0.06, 0.15, 0.75, 2.1, 2.2, 1.4, 0.9, 0.8, 0.8, 0.85, 0.8, 0.75, 0.85, 1.1, 1.5, 1.7,
    1.8, 1.75, 1.55, 1.2, 0.6,
  ],
  free: [
    0.35, 0.2, 0.08, 0.05, 0.06, 0.15, 0.5, 1.0, 1.6, 1.9, 1.8, 1.6, 1.4, 1.2, 1.1, 1.15, 1.3, 1.5, 1.6, 1.6,
    1.5, 1.3, 1.0, 0.6,
  ],
};

/** Lessons and the people around them. */
export const lessons: Profile = {
  work: [
    0, 0, 0, 0, 0, 0, 0.03, 0.2, 0.85, 0.95, 0.9, 0.7, 0.9, 0.92, 0.7, 0.3, 0.15, 0.08, 0.05, 0.03, 0.02, 0,
    0, 0,
  ],
  free: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0.01, 0.02, 0.02, 0.02, 0.02, 0.02, 0.01, 0, 0, 0, 0, 0, 0, 0, 0],
};

/** A dining room, a hall: meals. */
export const meals: Profile = {
  work: [
    0, 0, 0, 0, 0, 0, 0.05, 0.3, 0.6, 0.25, 0.2, 0.5, 0.8, 0.4, 0.3, 0.35, 0.3, 0.7, 0.5, 0.25, 0.15, 0.05, 0,
    0,
  ],
  free: [
    0, 0, 0, 0, 0, 0, 0.02, 0.2, 0.55, 0.3, 0.2, 0.5, 0.8, 0.45, 0.4, 0.4, 0.3, 0.7, 0.5, 0.25, 0.15, 0.05, 0,
    0,
  ],
};
