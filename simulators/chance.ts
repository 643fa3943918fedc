/**
 * Seeded chance that is looked up instead of drawn: the same question has the same answer whoever asked before, so a
 * device's data depend neither on its neighbours nor on when the simulation was started.
 */
export type Chance = {
  /** Uniform in [0, 1) for a whole number: a day, a slot, a device. */
  readonly at: (index: number) => number;
  /** Standard normal for a whole number. */
  readonly normal: (index: number) => number;
  /** A Poisson number of mean `mean` for a whole number: how many of many do something in a step. */
  readonly count: (index: number, mean: number) => number;
  /** Slow noise in [-1, 1] that forgets itself in about `periodMs`; smooth in time. */
  readonly wave: (atMs: number, periodMs: number) => number;
  /** An independent one for a part of the whole. */
  readonly fork: (name: string) => Chance;
};

export function createChance(seed: number): Chance {
  const at = (index: number) => mixed(seed, index) / 2 ** 32;
  const normal = (index: number) => normalOf(mixed(seed, index));
  return {
    at,
    normal,
    count: (index, mean) => countOf(mixed(seed, index), mean),
    wave: (atMs, periodMs) => {
      const place = atMs / periodMs;
      const cell = Math.floor(place);
      const part = place - cell;
      const own = mixed(seed, periodMs);
      const before = mixed(own, cell) / 2 ** 31 - 1;
      const after = mixed(own, cell + 1) / 2 ** 31 - 1;
      return before + (after - before) * part * part * (3 - 2 * part);
    },
    fork: (name) => createChance(hashed(seed, name)),
  };
}

/** Two whole numbers to 32 bits: the finaliser of MurmurHash3 over a Weyl step (Steele et al., SplitMix, 2014). */
function mixed(seed: number, index: number): number {
  let hash = (seed ^ Math.imul(index | 0, 0x9e3779b1)) + 0x6d2b79f5;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Box–Muller with the two halves of a hash: exact enough out to 4.7 standard deviations. */
function normalOf(hash: number): number {
  const radius = Math.sqrt(-2 * Math.log(((hash >>> 16) + 0.5) / 65_536));
  return radius * Math.cos(2 * Math.PI * (((hash & 0xffff) + 0.5) / 65_536));
}

/** Poisson by inversion (Devroye, Non-Uniform Random Variate Generation, X.3); from 30 on a rounded normal. */
function countOf(hash: number, mean: number): number {
  if (mean <= 0) return 0;
  if (mean >= 30) return Math.max(Math.round(mean + Math.sqrt(mean) * normalOf(hash)), 0);
  const wanted = hash / 2 ** 32;
  let probability = Math.exp(-mean);
  let sum = probability;
  let count = 0;
  while (sum < wanted && count < 100) {
    count += 1;
    probability *= mean / count;
    sum += probability;
  }
  return count;
}

/** FNV-1a over the name's characters, from the seed. */
function hashed(seed: number, name: string): number {
  let hash = mixed(seed, 0x811c9dc5);
  for (let i = 0; i < name.length; i += 1) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return mixed(hash, name.length);
}
