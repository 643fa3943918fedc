import type { RecurringPeriod, ValidPeriod } from './tariff-parts.ts';
import type { Timing } from './timing.ts';

export const sectionNames = ['fixedPrice', 'energyPrice', 'powerPrice'] as const;
export type SectionName = (typeof sectionNames)[number];

/** What every part of compiling a tariff needs: where things stand, and whom to tell what is not understood. */
export type Compiling = {
  readonly placeOf: (path: readonly PropertyKey[]) => readonly PropertyKey[];
  readonly wrong: (path: readonly PropertyKey[], message: string) => void;
};

/** Makes the timing of a component, and a place for it among those of the tariff. */
export type TimingOf = (
  component: {
    readonly validPeriod?: ValidPeriod;
    readonly pricedPeriod?: number | 'day' | null | undefined;
    readonly recurringPeriods?: readonly RecurringPeriod[] | null | undefined;
    readonly 'x-kvarter'?:
      | { readonly months?: readonly number[] | undefined; readonly lookBack?: number | undefined }
      | null
      | undefined;
  },
  path: readonly PropertyKey[],
  section: SectionName,
  /** The recurring periods that count; default: all. */
  only?: readonly string[],
) => Timing;
