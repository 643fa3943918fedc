/** Follows what the clock shows, and says when it was set back; once more at the next look when that could not be dealt with. */
export function followClock(onSetBack: (nowMs: number) => void): (nowMs: number) => void {
  // Nobody knows what it showed before the start.
  let shownMs = Number.POSITIVE_INFINITY;
  return (nowMs) => {
    if (nowMs < shownMs) onSetBack(nowMs);
    shownMs = nowMs;
  };
}
