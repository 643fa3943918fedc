import type { Quantity } from '../domain/quantity.ts';
import type { Measurement } from '../domain/reading.ts';
import type { Decoded, Problem, TimeSource } from './decode.ts';

/** What one packet says of one device, as it is found. */
export class Gathered {
  readonly device: string;
  readonly atMs: number | undefined;
  readonly #timeFrom: TimeSource;
  readonly #measurements: Measurement[] = [];
  readonly #problems: Problem[] = [];

  /** `atMs`: of every value; undefined: the arrival's time holds. `clock`: whose it is. */
  constructor(device: string, atMs: number | undefined, clock: Exclude<TimeSource, 'arrival'>) {
    this.device = device;
    this.atMs = atMs;
    this.#timeFrom = atMs === undefined ? 'arrival' : clock;
  }

  /** Without spreads: this runs for every reading. What is undefined or no number is left out. */
  add(quantity: Quantity, value: number | undefined, channel?: string): void {
    if (value === undefined || Number.isNaN(value)) return;
    const { device, atMs } = this;
    this.#measurements.push(
      channel === undefined
        ? atMs === undefined
          ? { device, quantity, value }
          : { device, quantity, value, atMs }
        : atMs === undefined
          ? { device, quantity, channel, value }
          : { device, quantity, channel, value, atMs },
    );
  }

  wrong(code: Problem['code'], detail: string): void {
    this.#problems.push({ code, detail, device: this.device });
  }

  get decoded(): Decoded {
    const [measurements, problems] = [this.#measurements, this.#problems];
    return measurements.length === 0
      ? { measurements, problems }
      : { measurements, problems, timeFrom: this.#timeFrom };
  }
}

/** One problem, and nothing else. */
export function refused(code: Problem['code'], detail: string, device?: string): Decoded {
  return { measurements: [], problems: [device === undefined ? { code, detail } : { code, detail, device }] };
}

/** Nothing in it, and nothing wrong with that. */
export const nothing: Decoded = { measurements: [], problems: [] };

/** What several parts of a packet hold, in their order; the first clock that was asked counts. */
export function together(parts: readonly Decoded[]): Decoded {
  const timeFrom = parts.find((part) => part.timeFrom !== undefined)?.timeFrom;
  return {
    measurements: parts.flatMap(({ measurements }) => measurements),
    problems: parts.flatMap(({ problems }) => problems),
    ...(timeFrom === undefined ? {} : { timeFrom }),
  };
}
