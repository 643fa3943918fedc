import { z } from 'zod';
import {
  type Alert,
  type AlertChange,
  alertStates,
  closers,
  type Json,
  severities,
} from '../domain/alert.ts';
import { isoTime } from '../domain/time.ts';
import { isAcknowledged, outcomes } from './acts.ts';
import { type AlertLife, lifeStates } from './alert-store.ts';
import { evidenceOf, evidenceSchema } from './evidence.ts';

/** A time in an answer: ISO 8601, UTC. */
export const timeText = z.string().meta({ format: 'date-time' });

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
  startsAt: timeText,
  endsAt: timeText.exactOptional(),
  closedBy: z
    .enum(closers)
    .exactOptional()
    .describe(
      'what ended it although its condition did not: it left the register, its rule left the rule file, the hours in which it is told ended, or the rules had to begin anew',
    ),
  title: z.string(),
  detail: z.string(),
  flapping: z
    .object({ times: z.int(), since: timeText })
    .exactOptional()
    .describe('it has begun so often: it stays open until it is calm'),
  renewed: z
    .object({ at: timeText, from: z.enum(severities).exactOptional() })
    .exactOptional()
    .describe(
      'when it was told anew while it fired: it had become graver than before (from), or began once more',
    ),
  facts: z.record(z.string(), z.custom<Json>()),
  evidence: evidenceSchema,
  link: z.string().exactOptional().describe('to this alert, where the service knows its address'),
});
export type AlertJson = z.infer<typeof alertJsonSchema>;

/** `link`: its address, `{id}` being the alert's id; absent where the service does not know how it is reached. */
export function alertJson(alert: Alert, link?: string): AlertJson {
  const { id, rule, severity, state, building, space, device, quantity, subject } = alert;
  const { startsAtMs, endsAtMs, closedBy, title, detail, flapping, renewed, facts } = alert;
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
    ...(closedBy === undefined ? {} : { closedBy }),
    title,
    detail: flapping ? `${detail} ${flappingText(flapping)}` : detail,
    ...(flapping && { flapping: { times: flapping.times, since: isoTime(flapping.sinceMs) } }),
    ...(renewed && { renewed: { at: isoTime(renewed.atMs), ...(renewed.from && { from: renewed.from }) } }),
    facts: { ...facts },
    evidence: evidenceOf(alert),
    ...(link === undefined ? {} : { link: alertLink(link, id) }),
  };
}

function flappingText({ times, sinceMs }: NonNullable<Alert['flapping']>): string {
  return `It has begun ${times} times since ${isoTime(sinceMs)}, and stays open until it is calm.`;
}

/** A change: the alert as it became, and when (event time). */
export function changeJson({ alert, atMs }: AlertChange, link?: string): AlertJson & { readonly at: string } {
  return { at: isoTime(atMs), ...alertJson(alert, link) };
}

/** An alert with what people have done about it, as the API shows it. */
export const lifeJsonSchema = alertJsonSchema
  .extend({
    state: z.enum(lifeStates),
    firedAt: timeText.exactOptional().describe('when it had held long enough to be told'),
    acknowledgement: z
      .object({
        by: z.string(),
        note: z.string().exactOptional(),
        until: timeText.exactOptional().describe('absent: until it is resolved'),
        at: timeText,
      })
      .exactOptional(),
    outcome: z
      .object({ outcome: z.enum(outcomes), by: z.string(), note: z.string().exactOptional(), at: timeText })
      .exactOptional()
      .describe('what the manager says that it was worth'),
    heldBy: z
      .enum(['silence', 'parent', 'flapping'])
      .exactOptional()
      .describe(
        'why nobody is told: a silence, another alert that explains it; flapping: its ends and beginnings',
      ),
    heldFor: z.string().exactOptional().describe('id of the silence, or of the other alert'),
  })
  .meta({ id: 'Alert' });
export type LifeJson = z.infer<typeof lifeJsonSchema>;

export function lifeJson(
  alert: Alert,
  life: AlertLife,
  { nowMs, link }: { readonly nowMs: number; readonly link?: string | undefined },
): LifeJson {
  const { acknowledgement, outcome, held } = life;
  const isTaken = alert.state === 'firing' && isAcknowledged(life, nowMs);
  return {
    ...alertJson(alert, link),
    state: isTaken ? 'acknowledged' : alert.state,
    ...(alert.firedAtMs === undefined ? {} : { firedAt: isoTime(alert.firedAtMs) }),
    ...(acknowledgement && {
      acknowledgement: {
        by: acknowledgement.by,
        ...(acknowledgement.note === undefined ? {} : { note: acknowledgement.note }),
        ...(acknowledgement.untilMs === undefined ? {} : { until: isoTime(acknowledgement.untilMs) }),
        at: isoTime(acknowledgement.atMs),
      },
    }),
    ...(outcome && {
      outcome: {
        outcome: outcome.outcome,
        by: outcome.by,
        ...(outcome.note === undefined ? {} : { note: outcome.note }),
        at: isoTime(outcome.atMs),
      },
    }),
    ...(alert.flapping && alert.state === 'firing' && { heldBy: 'flapping' }),
    ...(held && { heldBy: held.by, heldFor: held.ref }),
  };
}

/** Where people find an alert. `link`: the address of alerts, with `{id}` in place of one's id. */
export function alertLink(link: string, id: string): string {
  return link.replaceAll('{id}', encodeURIComponent(id));
}
