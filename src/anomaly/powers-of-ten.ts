/** Powers of ten up to this are exact, so that what is multiplied or divided by one is rounded once: as its digits are read. */
export const MOST_POWER = 22;
export const powersOfTen: readonly number[] = Array.from({ length: MOST_POWER + 1 }, (_, power) =>
  Number(`1e${power}`),
);
