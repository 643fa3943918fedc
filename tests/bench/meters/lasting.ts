import { seededUniform } from '../../support/chance.ts';
import type { Hour } from './faults.ts';

/** Faults that go on for 10 to 60 days. */
export const lastingFaults = ['nothing', 'still', 'noise', 'less', 'more'] as const;
export type LastingFault = (typeof lastingFaults)[number];

const DAY = 24;
const EARLIEST_DAY = 30;
const LATEST_DAY = 290;

/** A year of a meter with one such fault, and for how many hours it has lasted at each; null: it is right. */
export function withLastingFault(name: string, hours: readonly Hour[], fault: LastingFault) {
  const uniform = seededUniform(`${name} ${fault}`);
  const between = (from: number, to: number) => from + uniform() * (to - from);
  const from = Math.floor(between(EARLIEST_DAY, LATEST_DAY)) * DAY;
  const to = Math.min(from + Math.floor(between(10, 60)) * DAY, hours.length);
  const median = hours.map(({ kwh }) => kwh).toSorted((a, b) => a - b)[Math.floor(hours.length / 2)] ?? 0;
  const first = hours[from]?.kwh ?? 0;
  const share = { less: between(0.25, 0.5), more: between(1.6, 2.6) };
  const faulty: Record<LastingFault, (kwh: number) => number> = {
    nothing: () => 0,
    still: () => first,
    noise: () => median * between(0.02, 0.04),
    less: (kwh) => kwh * share.less,
    more: (kwh) => kwh * share.more,
  };
  return hours.map((hour, i) =>
    i >= from && i < to
      ? { ...hour, kwh: faulty[fault](hour.kwh), lastedHours: i - from }
      : { ...hour, lastedHours: null },
  );
}
