import type { Finding, Json } from '../domain/alert.ts';
import type { Reading } from '../domain/reading.ts';
import type { Register } from '../domain/register.ts';

/**
 * A rule folds the readings of a building over event time and says what it finds. It never reads a clock, a file or
 * the store, so the same readings give the same findings: live, in a replay, after a restart.
 *
 * The engine calls `onReading` in the order of the journal, and `onTick` for each full minute of the building's event
 * time, before the first reading that is later. State is kept per building, so that a building can move to another worker.
 */
export interface Rule {
  readonly name: string;
  onReading(reading: Reading, emit: (finding: Finding) => void): void;
  /** `atMs` is a multiple of 60,000. */
  onTick(building: string, atMs: number, emit: (finding: Finding) => void): void;
  /** Everything the rule has learned, as JSON. `restore(snapshot())` goes on as if nothing had happened. */
  snapshot(): Json;
  restore(snapshot: Json): void;
}

/** What rules may look up. A function, because the register is reloaded while they run. */
export type RegisterSource = () => Register;
