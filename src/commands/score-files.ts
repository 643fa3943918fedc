import { z } from 'zod';
import type { ScoredAlert, TrueEvent } from '../../simulators/score/scored.ts';
import { KvarterError } from '../domain/errors.ts';
import { issueText } from '../domain/plain-message.ts';
import { parseIsoTime } from '../domain/time.ts';
import { jsonOf, textOf } from './text-file.ts';

const MOST_PROBLEMS = 20;

const time = z.string().refine((text) => parseIsoTime(text) !== undefined, {
  error: 'must be ISO 8601 with offset, such as 2026-01-15T07:15:00Z',
});

const truthSchema = z
  .object({
    kind: z.string().min(1),
    building: z.string().min(1),
    subject: z.string(),
    from: time,
    to: time.nullable().default(null),
    effect: z.number().exactOptional(),
  })
  .refine(({ from, to }) => to === null || (parseIsoTime(to) ?? 0) >= (parseIsoTime(from) ?? 0), {
    path: ['to'],
    error: 'is before from',
  });

/** An alert or a change of one: of `kvarter replay`, of the API, of a webhook. */
const alertSchema = z.object({
  id: z.string(),
  rule: z.string().min(1),
  state: z.string().optional(),
  building: z.string().optional(),
  subject: z.string().default(''),
  startsAt: time,
  /** When it changed its state; the API does not say it. */
  at: time.optional(),
  endsAt: time.optional(),
  /** What keeps it from being told. */
  heldBy: z.string().optional(),
  heldFor: z.string().optional(),
  facts: z.record(z.string(), z.unknown()).default({}),
});

/** The lines of a `truth.ndjson`. Throws `input-invalid` naming file, line and what is wrong. */
export function readTruth(file: string): readonly TrueEvent[] {
  return readLines(file, textOf(file), truthSchema);
}

/**
 * The alerts of a file that reached a person, each once, at the time that they were first told, and those for which another did: NDJSON of changes as
 * `kvarter replay` prints them, an answer of `GET /api/v1/alerts`, or an array. Throws `input-invalid`.
 */
export function readAlerts(file: string): readonly ScoredAlert[] {
  const text = textOf(file);
  const whole = jsonOf(text);
  const list = Array.isArray(whole) ? whole : isAnswer(whole) ? whole.alerts : undefined;
  const changes = list
    ? list.map((item, i) => checked(file, `alert ${i + 1}`, item, alertSchema))
    : readLines(file, text, alertSchema);
  const alerts = new Map<string, ScoredAlert>();
  const untold = new Set<string>();
  for (const change of changes) {
    const { id, rule, state, building, subject, startsAt, at, endsAt, heldBy, facts } = change;
    const isFiring = state === 'firing';
    // Nobody was told of one that is still pending or silenced, and what has no building is about kvarter itself.
    const isUntold = state === 'pending' || (isFiring && heldBy === 'silence');
    if (isUntold) untold.add(id);
    if (isUntold || building === undefined) continue;
    const isOver = state === 'resolved';
    // Over before it was told.
    if (isOver && untold.has(id) && !alerts.has(id)) continue;
    const endedMs = (isOver ? parseIsoTime(at ?? endsAt ?? '') : undefined) ?? Number.POSITIVE_INFINITY;
    const known = alerts.get(id);
    const firedMs = parseIsoTime((isOver ? undefined : at) ?? startsAt) ?? 0;
    const heldFor = isFiring && heldBy === 'parent' ? change.heldFor : undefined;
    const alert = { id, rule, building, subject, firedMs, endedMs, facts, ...(heldFor && { heldFor }) };
    // What was held back is told now.
    const isReleased = isFiring && heldFor === undefined && known?.heldFor !== undefined;
    // What the alert said when it fired; of windows all that it told of, which grow in number until it ends.
    const said = known && !('windows' in facts) ? known.facts : facts;
    alerts.set(id, known && !isReleased ? { ...known, endedMs, facts: said } : alert);
  }
  return [...alerts.values()];
}

function isAnswer(value: unknown): value is { alerts: unknown[] } {
  return typeof value === 'object' && value !== null && 'alerts' in value && Array.isArray(value.alerts);
}

function readLines<T>(file: string, text: string, schema: z.ZodType<T>): readonly T[] {
  const problems: string[] = [];
  const values: T[] = [];
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    if (problems.length >= MOST_PROBLEMS) break;
    const value = jsonOf(line);
    const result = schema.safeParse(value);
    if (value === undefined) problems.push(`${file}:${i + 1}: is not JSON`);
    else if (result.success) values.push(result.data);
    else problems.push(...result.error.issues.map((issue) => `${file}:${i + 1}: ${issueText(issue)}`));
  }
  if (problems.length > 0)
    throw new KvarterError('input-invalid', problems.slice(0, MOST_PROBLEMS).join('\n'));
  return values;
}

function checked<T>(file: string, where: string, value: unknown, schema: z.ZodType<T>): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new KvarterError(
    'input-invalid',
    result.error.issues.map((issue) => `${file}: ${where}: ${issueText(issue)}`).join('\n'),
  );
}
