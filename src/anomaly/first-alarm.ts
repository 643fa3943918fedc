/**
 * Tells something once: a height is an alarm when it tops the last alarm by a step, while that is recent. After
 * `quietRows` the last alarm is forgotten little by little, over as many rows again.
 */
export type FirstAlarmState = { height: number; rows: number };

const STEP = 0.03;

export function noAlarmYet(): FirstAlarmState {
  return { height: 0, rows: 0 };
}

export function isFirstAlarm(
  state: FirstAlarmState,
  height: number,
  { least, quietRows }: { readonly least: number; readonly quietRows: number },
): boolean {
  state.rows += 1;
  if (height <= least) return false;
  const forgotten = Math.min(1, Math.max(0, state.rows / quietRows - 1));
  if (state.height > 0 && height <= (state.height + STEP) * (1 - forgotten)) return false;
  state.height = height;
  state.rows = 0;
  return true;
}
