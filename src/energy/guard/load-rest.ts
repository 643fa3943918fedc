import { z } from 'zod';
import type { FlexibleLoad } from '../../domain/register.ts';

/** Off without a break since and until when, and from when on a load may be off again, epoch ms. Plain JSON. */
export const offTimeSchema = z.object({
  sinceMs: z.number(),
  untilMs: z.number(),
  freeFromMs: z.number().default(0),
});
export type OffTime = z.infer<typeof offTimeSchema>;

const REST_PCT = 50;

/** Once it is on again a load is left alone for a share of the time that it was off (`restPct`), so that it does its work. */
export function offTime(
  { restPct = REST_PCT }: Pick<FlexibleLoad, 'restPct'>,
  sinceMs: number,
  untilMs: number,
): OffTime {
  const restMs = (Math.max(untilMs - sinceMs, 0) * restPct) / 100;
  return { sinceMs, untilMs, freeFromMs: untilMs + restMs };
}
