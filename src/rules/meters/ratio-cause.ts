/** Why a meter may count so many times what it did. */
export type RatioCause = 'unit' | 'pulses' | 'transformers' | 'phase lost' | 'transformer reversed';

export type LikeRatio = {
  readonly likely: RatioCause;
  /** The ratio that is nearest, of those that are commonly mixed up: 3 : 2. */
  readonly nearest: string;
  /** Transformers that are mixed up so: one is set where the other sits. */
  readonly exampleSet?: string;
  readonly exampleRight?: string;
};

type Known = Omit<LikeRatio, 'nearest'> & { readonly factor: number };

/** Transformers of 100, 150, 200 and 400 A lie side by side, each of three phases counts a third, and decimals slip. */
const known: readonly Known[] = [
  ...[1000, 1 / 1000].map((factor): Known => ({ factor, likely: 'unit' })),
  ...[100, 10, 1 / 10, 1 / 100].map((factor): Known => ({ factor, likely: 'pulses' })),
  { factor: 4, likely: 'transformers', exampleSet: '400/5', exampleRight: '100/5' },
  { factor: 2, likely: 'transformers', exampleSet: '200/5', exampleRight: '100/5' },
  { factor: 3 / 2, likely: 'transformers', exampleSet: '150/5', exampleRight: '100/5' },
  { factor: 2 / 3, likely: 'phase lost', exampleSet: '100/5', exampleRight: '150/5' },
  { factor: 1 / 2, likely: 'transformers', exampleSet: '100/5', exampleRight: '200/5' },
  { factor: 1 / 3, likely: 'transformer reversed' },
  { factor: 1 / 4, likely: 'transformers', exampleSet: '100/5', exampleRight: '400/5' },
];

/** What a factor is nearest to, as a multiple. */
export function likeRatio(factor: number): LikeRatio {
  const off = (one: Known) => Math.abs(Math.log(factor / one.factor));
  const { factor: nearest, ...rest } = known.reduce((best, one) => (off(one) < off(best) ? one : best));
  return { ...rest, nearest: asMultiple(nearest) };
}

/** 3 : 2, or 1 : 10. */
function asMultiple(factor: number): string {
  const parts = [1, 2, 3].find((count) => Number.isInteger(Math.round(factor * count * 1e6) / 1e6)) ?? 0;
  return parts > 0 ? `${Math.round(factor * parts)} : ${parts}` : `1 : ${Math.round(1 / factor)}`;
}

/** The likely cause, and what to do first. */
export function causeInWords({ likely, nearest, exampleSet, exampleRight }: LikeRatio): string {
  const compare =
    'compare the ratio in the meter, in the gateway and in the register of devices with the plate on the transformers';
  switch (likely) {
    case 'unit':
      return `That is closest to ${nearest}: likely Wh are taken for kWh, or the other way round. First compare the meter’s display with what arrives, then the unit in the gateway and the ratio in the register of devices.`;
    case 'pulses':
      return `That is closest to ${nearest}, a power of ten: likely the value of a pulse or the decimals of the register are wrong. First compare the pulses per kWh on the meter’s plate with the gateway and with the ratio in the register of devices.`;
    case 'phase lost':
      return `That is closest to ${nearest}: likely one of three phases is not counted (a fuse of its voltage, a lead of its transformer), or the ratio of its current transformers was changed (${exampleSet} for ${exampleRight}). First see at the meter whether each phase has voltage and current, then ${compare}.`;
    case 'transformer reversed':
      return `That is closest to ${nearest}: likely one of three current transformers is the wrong way round, or two phases are not counted. First see at the meter whether each phase has power, and of the same sign, then ${compare}.`;
    case 'transformers':
      return `That is closest to ${nearest}: likely the ratio of its current transformers was changed (as ${exampleSet} for ${exampleRight}), in the meter or after it. First ask what was done to the meter that day, then ${compare}.`;
  }
}
