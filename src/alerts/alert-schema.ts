import { z } from 'zod';
import { alertStates, closers, severities } from '../domain/alert.ts';
import { isQuantity, type Quantity } from '../domain/quantity.ts';

/** An alert as it is kept: in snapshots and in the outbox. */
export const alertSchema = z.object({
  id: z.string(),
  rule: z.string(),
  severity: z.enum(severities),
  state: z.enum(alertStates),
  building: z.string().exactOptional(),
  space: z.string().exactOptional(),
  device: z.string().exactOptional(),
  quantity: z.custom<Quantity>((name) => typeof name === 'string' && isQuantity(name)).exactOptional(),
  subject: z.string(),
  startsAtMs: z.number(),
  recipients: z.array(z.string()).readonly().exactOptional(),
  title: z.string(),
  detail: z.string(),
  facts: z.record(z.string(), z.json()),
  // Behind the others, as the book adds them: an alert reads the same, to the byte, after a restart.
  firedAtMs: z.number().exactOptional(),
  endsAtMs: z.number().exactOptional(),
  flapping: z.object({ times: z.number(), sinceMs: z.number() }).exactOptional(),
  closedBy: z.enum(closers).exactOptional(),
  renewed: z.object({ atMs: z.number(), from: z.enum(severities).exactOptional() }).exactOptional(),
});

export const changeSchema = z.strictObject({ alert: alertSchema, atMs: z.number() });
