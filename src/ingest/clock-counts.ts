import { type TimeSource, timeSources } from '../decode/decode.ts';

/** So many packets of a format had their times from this clock. */
export type ClockCount = { readonly format: string; readonly clock: TimeSource; readonly packets: number };

export type ClockCounts = {
  readonly count: (format: string, clock: TimeSource) => void;
  readonly counts: () => readonly ClockCount[];
};

/** Which clock times come from is a rule of the format; how often each had to do is counted here. */
export function createClockCounts(): ClockCounts {
  const byFormat = new Map<string, Record<TimeSource, number>>();
  return {
    count: (format, clock) => {
      const counts = byFormat.get(format) ?? { device: 0, server: 0, gateway: 0, arrival: 0 };
      counts[clock] += 1;
      byFormat.set(format, counts);
    },
    counts: () =>
      [...byFormat].flatMap(([format, counts]) =>
        timeSources
          .filter((clock) => counts[clock] > 0)
          .map((clock) => ({ format, clock, packets: counts[clock] })),
      ),
  };
}
