import type { Arena } from './arena.ts';

/**
 * Loads vary in proportion to themselves, more or less: on the scale of square roots they vary evenly, which forecasts
 * homes and offices better (README.md). A net load, which solar power makes negative, stays on its own scale.
 */
export type LoadScale = {
  readonly isNet: () => boolean;
  readonly becomeNet: () => void;
  readonly of: (kw: number) => number;
  readonly kwOf: (scaled: number) => number;
};

export function createLoadScale(arena: Arena): LoadScale {
  const net = arena.take(1);
  const isNet = () => net[0] === 1;
  return {
    isNet,
    becomeNet: () => {
      net[0] = 1;
    },
    of: (kw) => (isNet() ? kw : Math.sqrt(kw)),
    kwOf: (scaled) => (isNet() ? scaled : Math.max(scaled, 0) ** 2),
  };
}
