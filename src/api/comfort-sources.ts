import type { ComfortLimits } from '../comfort/limits.ts';
import type { Register } from '../domain/register.ts';
import type { Clock } from '../domain/time.ts';
import type { ReadingStore } from '../store/store.ts';
import type { ContainersOf } from './containers.ts';

export type ComfortSettings = ComfortLimits & {
  readonly sensitiveKinds: readonly string[];
  /** Kinds of spaces in which nobody lives. */
  readonly exceptKinds: readonly string[];
  readonly similarHouseholds: number;
  readonly maxFlats: number;
};
export type ComfortSources = {
  readonly store: Pick<ReadingStore, 'means' | 'readings'>;
  readonly register: () => Register;
  readonly clock: Clock;
  readonly containersOf: ContainersOf;
};
