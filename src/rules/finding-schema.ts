import { z } from 'zod';
import { severities } from '../domain/alert.ts';
import { isQuantity, type Quantity } from '../domain/quantity.ts';

const spans = z.array(z.tuple([z.number(), z.number()]).readonly()).readonly();

/** A finding that holds, as it is kept in snapshots. */
export const findingSchema = z.object({
  rule: z.string(),
  subject: z.string(),
  building: z.string().exactOptional(),
  space: z.string().exactOptional(),
  device: z.string().exactOptional(),
  quantity: z.custom<Quantity>((name) => typeof name === 'string' && isQuantity(name)).exactOptional(),
  severity: z.enum(severities),
  atMs: z.number(),
  schedule: z
    .object({
      season: z.object({ from: z.number(), to: z.number() }).exactOptional(),
      weekdays: z.array(z.number()).readonly().exactOptional(),
      hours: spans.exactOptional(),
      quietHours: spans.exactOptional(),
    })
    .exactOptional(),
  recipients: z.array(z.string()).readonly().exactOptional(),
  holds: z.literal(true),
  stretch: z.number().exactOptional(),
  forMs: z.number(),
  clearMs: z.number(),
  title: z.string(),
  detail: z.string(),
  facts: z.record(z.string(), z.json()),
});
