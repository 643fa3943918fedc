import { MAD_TO_SIGMA, median } from './median.ts';

/** Means of days, by the day. */
export type DayMeans = ReadonlyMap<number, number>;

/** One quantity of two rooms and of the others that measure it. */
export type Beside = {
  readonly a: DayMeans;
  readonly b: DayMeans;
  readonly others: readonly DayMeans[];
  /** A spread is no less than this: what sensors agree to in the mean of a day, in the quantity's unit. */
  readonly leastSpread: number;
  /** What two sensors differ by in the same air. */
  readonly accuracy: number;
};

export type Limits = {
  readonly recentDays: number;
  /** Days before them that must be known. */
  readonly minDays: number;
};

export type Change = { readonly usual: number; readonly now: number };

type Pair = { readonly day: number; readonly a: number; readonly b: number; readonly by: number };
type Split = Change & {
  readonly recent: readonly Pair[];
  readonly before: readonly Pair[];
  readonly spread: number;
  /** What the newest days differ by from their own middle one, as a spread. */
  readonly unrest: number;
};

/** What two differ by, before and on the newest days; undefined while too little is known. */
export function splitOf({ a, b, leastSpread }: Beside, { recentDays, minDays }: Limits): Split | undefined {
  const pairs = [...a].flatMap(([day, ofA]): Pair[] => {
    const ofB = b.get(day);
    return ofB === undefined ? [] : [{ day, a: ofA, b: ofB, by: ofA - ofB }];
  });
  const [before, recent] = [pairs.slice(0, -recentDays), pairs.slice(-recentDays)];
  if (before.length < minDays) return undefined;
  const usual = median(before.map(({ by }) => by));
  const now = median(recent.map(({ by }) => by));
  const spread = Math.max(MAD_TO_SIGMA * median(before.map(({ by }) => Math.abs(by - usual))), leastSpread);
  const unrest = MAD_TO_SIGMA * median(recent.map(({ by }) => Math.abs(by - now)));
  return { usual, now, recent, before, spread, unrest };
}

/** Where they have changed places the newest days are alike: of the change they differ by no more than this. */
const CALM = 0.4;
/** Each of the newest days has so much of the change. */
const EACH_DAY = 0.5;

export type Exchange = {
  /** What one moves less than the other, its least share: it is what the sensors differ by. */
  readonly balance: number;
  /** What they differ by is the other way round, but for such a share of the change. */
  readonly reversed: number;
  /** So many of the newest days may be without it: who is away changes what a room differs by. */
  readonly daysAgainst: number;
};

/**
 * Have two changed places, as the others have it? Each has then moved by as much as the other, and against it. Not told of where no other room measures the same.
 */
export function isExchange(
  { others }: Beside,
  { usual, now, before, recent, unrest }: Split,
  { balance, reversed, daysAgainst }: Exchange,
): boolean {
  if (unrest > CALM * Math.abs(now - usual)) return false;
  if (Math.abs(now + usual) > reversed * Math.abs(now - usual)) return false;
  const without = recent.filter(({ by }) => (by - usual) / (now - usual) < EACH_DAY);
  if (without.length > daysAgainst) return false;
  const above = (of: readonly Pair[], name: 'a' | 'b') =>
    median(
      of.flatMap((one) => {
        const rest = others.flatMap((room) => room.get(one.day) ?? []);
        return rest.length === 0 ? [] : [one[name] - median(rest)];
      }),
    );
  const moveA = above(recent, 'a') - above(before, 'a');
  const moveB = above(recent, 'b') - above(before, 'b');
  const [less, more] = [
    Math.min(Math.abs(moveA), Math.abs(moveB)),
    Math.max(Math.abs(moveA), Math.abs(moveB)),
  ];
  return moveA * moveB < 0 && less >= balance * more;
}

/** A single day of one quantity says no more than this, in natural logarithms of odds. */
const MOST_SAID = 6;
const JOINT = { odds: 6, accuracies: 2, reversedSpreads: 2 };
/** Of the quantity that shows it most, in how many spreads: the more, and the closer to reversed, a day may speak against it. */
const SHOWN: readonly (Exchange & { readonly spreads: number })[] = [
  { spreads: 3, balance: 0.3, reversed: 0.85, daysAgainst: 0 },
  { spreads: 4.5, balance: 0.3, reversed: 0.4, daysAgainst: 1 },
];

/**
 * The same by all that both rooms measure together: for each of the newest days the odds that the differences are reversed, and
 * not what they were, added up over the quantities (naive Bayes, normal spreads). The quantity that changed most must itself
 * look like an exchange ({@link SHOWN}). Gives what changed most, by its index.
 */
export function jointExchange(
  quantities: readonly Beside[],
  limits: Limits,
): (Change & { readonly quantity: number }) | undefined {
  const odds = new Array<number>(limits.recentDays).fill(0);
  let most: { readonly quantity: number; readonly split: Split; readonly beside: Beside } | undefined;
  let mostSpreads = 0;
  const newest = Math.max(...quantities.flatMap(({ a }) => [...a.keys()]));
  for (const [quantity, beside] of quantities.entries()) {
    const split = splitOf(beside, limits);
    // Quantities are added up day by day: all are asked of the same days.
    if (split === undefined || split.recent[0]?.day !== newest - limits.recentDays + 1) continue;
    const { usual, now, spread, recent } = split;
    const wide = ofSum(split, beside);
    for (const [i, { by }] of recent.entries()) {
      const said = (((by - usual) / spread) ** 2 - ((by + usual) / wide) ** 2) / 2 - Math.log(wide / spread);
      odds[i] = (odds[i] ?? 0) + Math.min(Math.max(said, -MOST_SAID), MOST_SAID);
    }
    const spreads = Math.abs(now - usual) / spread;
    if (beside.others.length === 0 || spreads <= mostSpreads) continue;
    mostSpreads = spreads;
    most = { quantity, split, beside };
  }
  if (most === undefined) return undefined;
  const { quantity, split, beside } = most;
  const { usual, now } = split;
  const against = odds.filter((one) => one <= 0).length;
  const isLarge = Math.abs(now - usual) >= JOINT.accuracies * beside.accuracy;
  const isSaid = isLarge && odds.reduce((sum, one) => sum + one, 0) > JOINT.odds;
  const isReversed = Math.abs(now + usual) <= JOINT.reversedSpreads * ofSum(split, beside);
  const isShown = SHOWN.some(
    (as) => mostSpreads >= as.spreads && against <= as.daysAgainst && isExchange(beside, split, as),
  );
  return isSaid && isReversed && isShown ? { quantity, usual, now } : undefined;
}

/** Once changed, the sum of both differences is twice what the sensors themselves differ by: a spread of it. */
function ofSum({ spread }: Split, { accuracy }: Beside): number {
  return Math.hypot(spread, 2 * accuracy);
}
