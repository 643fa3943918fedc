import { LOST, NEVER_MS } from './pauses.ts';

/** A device as it was heard last, with the silence that is too long for it, ms. */
export type Member = {
  readonly device: string;
  readonly building: string;
  readonly lastMs: number;
  readonly usualMs: () => number;
  readonly limitMs: number;
};

/** Less likely than this, they did not fall silent each for itself. */
const BY_CHANCE = 0.01;

export type Window = {
  readonly fromMs: number;
  /** How much of it kvarter listened, ms. */
  readonly heardMs: number;
};

export type Together = { readonly least: number; readonly sharePct: number };

/** When those who are silent were heard last, how many devices they are, and where. */
export type Silence = {
  readonly sinceMs: number;
  readonly devices: number;
  readonly buildings: readonly string[];
};

type Seen = { readonly building: string; lastMs: number; chance: number };

/**
 * One device is silent for too long: are the others, too? Each speaks once in its usual pause, at any moment of it, so that those
 * who are seldom heard say little. Undefined: too few of them are silent, too many have spoken in the window, or it may be chance.
 */
export function silenceOf(
  first: Member,
  others: Iterable<Member>,
  { fromMs, heardMs }: Window,
  { least, sharePct }: Together,
): Silence | undefined {
  const seen = byDevice(first.device, others, heardMs);
  const silent = seen.filter(({ lastMs }) => lastMs <= fromMs);
  const spoke = seen.length - silent.length;
  const due = seen.reduce((sum, { chance }) => sum + chance, 0);
  if (silent.length + 1 < least || spoke > due * (1 - sharePct / 100)) return undefined;
  if (lnChance(seen, spoke) > Math.log(BY_CHANCE)) return undefined;
  return {
    sinceMs: silent.reduce((newest, { lastMs }) => Math.max(newest, lastMs), first.lastMs),
    devices: silent.length + 1,
    buildings: [...new Set([first.building, ...silent.map(({ building }) => building)])],
  };
}

/** In every window that begins before this too many of them have spoken, whoever of them is asked for: nothing more need be reckoned. */
export function aliveUntil(members: Iterable<Member>, { sharePct }: Together): number {
  const newest = new Map<string, number>();
  for (const { device, lastMs, limitMs } of members) {
    if (limitMs !== NEVER_MS) newest.set(device, Math.max(lastMs, newest.get(device) ?? lastMs));
  }
  const rising = Float64Array.from(newest.values()).sort();
  const few = Math.floor(rising.length * (1 - sharePct / 100));
  // One of them may be the one that is asked for, by another of its channels.
  return rising[rising.length - 2 - few] ?? Number.NEGATIVE_INFINITY;
}

/** One that speaks on several channels is one, as quick as the quickest of them; of whom too little is known says nothing. */
function byDevice(but: string, members: Iterable<Member>, heardMs: number): readonly Seen[] {
  const seen = new Map<string, Seen>();
  for (const { device, building, lastMs, usualMs, limitMs } of members) {
    if (limitMs === NEVER_MS || device === but) continue;
    const chance = Math.min(1 - LOST, heardMs / Math.max(usualMs(), 1));
    const known = seen.get(device);
    if (known === undefined) seen.set(device, { building, lastMs, chance });
    else {
      known.lastMs = Math.max(known.lastMs, lastMs);
      known.chance = Math.max(known.chance, chance);
    }
  }
  return [...seen.values()];
}

/** How likely it is that no more than so many speak, by its logarithm, from above: that none does, times what a few would add. */
function lnChance(seen: readonly Seen[], spoke: number): number {
  let [none, odds] = [0, 0];
  for (const { chance } of seen) {
    none += Math.log1p(-chance);
    odds += chance / (1 - chance);
  }
  let [term, most] = [0, 0];
  for (let count = 1; count <= spoke; count += 1) {
    term += Math.log(odds / count);
    most = Math.max(most, term);
  }
  return none + most + Math.log(spoke + 1);
}
