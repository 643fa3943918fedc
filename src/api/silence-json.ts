import { z } from 'zod';
import { timeText } from '../alerts/alert-json.ts';
import type { Silence } from '../alerts/silence.ts';
import { isoTime } from '../domain/time.ts';

/** A silence as it is shown. */
export const silenceSchema = z
  .object({
    id: z.string(),
    scope: z.record(z.string(), z.array(z.string())),
    state: z.enum(['coming', 'active', 'over']),
    from: timeText,
    until: timeText,
    by: z.string(),
    reason: z.string(),
    createdAt: timeText,
  })
  .meta({ id: 'Silence' });

export function silenceJson({ id, scope, fromMs, untilMs, by, reason, createdAtMs }: Silence, nowMs: number) {
  return {
    id,
    scope: { ...scope },
    state: nowMs >= untilMs ? ('over' as const) : nowMs >= fromMs ? ('active' as const) : ('coming' as const),
    from: isoTime(fromMs),
    until: isoTime(untilMs),
    by,
    reason,
    createdAt: isoTime(createdAtMs),
  };
}
