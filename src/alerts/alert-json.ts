import { z } from 'zod';
import { type Alert, type AlertChange, alertStates, severities } from '../domain/alert.ts';
import { isoTime } from '../domain/time.ts';

/** An alert as people and machines outside see it: API, webhook, MQTT, `kvarter replay`. */
export const alertJsonSchema = z.object({
  id: z.string(),
  rule: z.string(),
  severity: z.enum(severities),
  state: z.enum(alertStates),
  building: z.string().exactOptional().describe('absent when kvarter itself is in trouble (rule `service`)'),
  space: z.string().exactOptional(),
  device: z.string().exactOptional(),
  quantity: z.string().exactOptional(),
  subject: z.string(),
  startsAt: z.string(),
  endsAt: z.string().exactOptional(),
  title: z.string(),
  detail: z.string(),
  facts: z.record(z.string(), z.json()),
});
export type AlertJson = z.infer<typeof alertJsonSchema>;

export function alertJson(alert: Alert): AlertJson {
  const { id, rule, severity, state, building, space, device, quantity, subject } = alert;
  const { startsAtMs, endsAtMs, title, detail, facts } = alert;
  return {
    id,
    rule,
    severity,
    state,
    ...(building === undefined ? {} : { building }),
    ...(space === undefined ? {} : { space }),
    ...(device === undefined ? {} : { device }),
    ...(quantity === undefined ? {} : { quantity }),
    subject,
    startsAt: isoTime(startsAtMs),
    ...(endsAtMs === undefined ? {} : { endsAt: isoTime(endsAtMs) }),
    title,
    detail,
    facts: { ...facts },
  };
}

/** A change of state: the alert as it became, and when (event time). */
export function changeJson({ alert, atMs }: AlertChange): AlertJson & { readonly at: string } {
  return { at: isoTime(atMs), ...alertJson(alert) };
}
