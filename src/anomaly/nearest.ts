/** Which point is nearest, and the square of its distance; index −1 when there is none. */
export type Nearest = { readonly index: number; readonly squares: number };

/** Among points of one number, in rising order. */
export function nearestSorted(points: readonly number[], value: number): Nearest {
  const above = firstNotBelow(points, value);
  const up = above < points.length ? (points[above] ?? 0) - value : Number.POSITIVE_INFINITY;
  const down = above > 0 ? value - (points[above - 1] ?? 0) : Number.POSITIVE_INFINITY;
  if (points.length === 0) return { index: -1, squares: Number.POSITIVE_INFINITY };
  return down <= up ? { index: above - 1, squares: down * down } : { index: above, squares: up * up };
}

/** The place of the first point that is not below a value: where it would be put in. */
export function firstNotBelow(points: readonly number[], value: number): number {
  let from = 0;
  let to = points.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((points[middle] ?? 0) < value) from = middle + 1;
    else to = middle;
  }
  return from;
}

/**
 * Among points of several numbers that lie one after the other. `near`: the point met last, which is often near again,
 * so that most others are given up after a number or two.
 */
export function nearestOf(points: readonly number[], point: readonly number[], near: number): Nearest {
  const size = point.length;
  let index = near * size < points.length ? near : -1;
  let best = index < 0 ? Number.POSITIVE_INFINITY : squaresBetween(points, index * size, point);
  const first = point[0] ?? 0;
  for (let at = 0; at < points.length; at += size) {
    const apart = first - (points[at] ?? 0);
    let squares = apart * apart;
    if (squares >= best) continue;
    for (let i = 1; i < size && squares < best; i += 1) {
      const further = (point[i] ?? 0) - (points[at + i] ?? 0);
      squares += further * further;
    }
    if (squares < best) {
      best = squares;
      index = at / size;
    }
  }
  return { index, squares: best };
}

function squaresBetween(points: readonly number[], at: number, point: readonly number[]): number {
  let squares = 0;
  for (let i = 0; i < point.length; i += 1) {
    const apart = (point[i] ?? 0) - (points[at + i] ?? 0);
    squares += apart * apart;
  }
  return squares;
}
