/**
 * The area under the receiver operating characteristic: how often a labelled row scores above one that is not, equal
 * scores counting half (Mann & Whitney 1947).
 */
export function areaUnderCurve(scores: readonly number[], labels: readonly boolean[]): number {
  const order = scores.map((_, i) => i).toSorted((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0));
  let ranks = 0;
  let labelled = 0;
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && scores[order[to] ?? 0] === scores[order[from] ?? 0]) to += 1;
    const among = order.slice(from, to).filter((i) => labels[i]).length;
    ranks += (among * (from + to + 1)) / 2;
    labelled += among;
    from = to;
  }
  return (ranks - (labelled * (labelled + 1)) / 2) / (labelled * (scores.length - labelled));
}
