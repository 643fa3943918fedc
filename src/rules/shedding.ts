import type { FlexibleLoad } from '../domain/register.ts';

/**
 * The loads to switch off so that the rest of the window stays within its budget: by priority (lowest first) until
 * their energy is enough. A load counts no longer than it may be off.
 */
export function loadsToShed(
  loads: readonly FlexibleLoad[],
  { excessKwh, leftMs }: { readonly excessKwh: number; readonly leftMs: number },
): readonly FlexibleLoad[] {
  const shed: FlexibleLoad[] = [];
  let missingKwh = excessKwh;
  for (const load of loads.toSorted((a, b) => a.priority - b.priority || b.powerKw - a.powerKw)) {
    if (missingKwh <= 0) break;
    shed.push(load);
    missingKwh -= (load.powerKw * Math.min(leftMs / 60_000, load.maxOffMinutes)) / 60;
  }
  return shed;
}
