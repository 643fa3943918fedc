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

/** How long a load that was off for `offMs` is left alone once it is on again, so that it does its work, ms. */
export function restMs({ restPct = REST_PCT }: Pick<FlexibleLoad, 'restPct'>, offMs: number): number {
  return (Math.max(offMs, 0) * restPct) / 100;
}

export function offTime(load: FlexibleLoad, sinceMs: number, untilMs: number): OffTime {
  return { sinceMs, untilMs, freeFromMs: untilMs + restMs(load, untilMs - sinceMs) };
}
