import { z } from 'zod';
import { isAcknowledged, outcomes } from '../alerts/acts.ts';
import type { AlertLife } from '../alerts/alert-store.ts';
import type { Silence } from '../alerts/silence.ts';
import type { Language } from '../delivery/settings.ts';
import type { Alert } from '../domain/alert.ts';
import { HOUR_MS } from '../domain/interval.ts';
import { isoTime } from '../domain/time.ts';
import { pageWords, spans } from './alert-page-words.ts';

const text = z.string().trim();

/** What a form of an alert's page sends. */
export const alertFormSchema = z.object({
  act: z.enum(['acknowledge', 'outcome', 'silence']),
  by: text.default(''),
  note: text.default(''),
  reason: text.default(''),
  outcome: z.enum(outcomes).optional().catch(undefined),
  scope: z.enum(['device', 'building']).catch('building'),
  span: z.enum(['untilOver', 'h4', 'd1', 'd7']).catch('untilOver'),
});
export type AlertForm = z.infer<typeof alertFormSchema>;

/** The same as a request to the API. */
export function requestOf(form: AlertForm, alert: Alert, nowMs: number) {
  const { act, by, note, outcome, reason } = form;
  const until = untilOf(form, nowMs);
  if (act === 'silence')
    return { url: '/api/v1/silences', payload: { scope: scopeOf(form, alert), by, reason, ...until } };
  const url = `/api/v1/alerts/${encodeURIComponent(alert.id)}/${act}`;
  const about = { by, ...(note === '' ? {} : { note }) };
  return { url, payload: act === 'acknowledge' ? { ...about, ...until } : { ...about, outcome } };
}

function untilOf({ span }: AlertForm, nowMs: number): { until?: string } {
  const hours = spans[span];
  return hours === undefined ? {} : { until: isoTime(nowMs + hours * HOUR_MS) };
}

function scopeOf({ scope }: AlertForm, { building, device }: Alert) {
  return scope === 'device' && device !== undefined ? { device } : { building };
}

/** Why a form cannot be taken, in the words of who sent it: it was filled in by halves, or by what a page showed that is old. */
export function whyNot(
  { act, by, reason, outcome }: AlertForm,
  { state }: Alert,
  life: AlertLife,
  nowMs: number,
  language: Language,
): { readonly status: number; readonly says: string } | undefined {
  const words = pageWords[language];
  if (by === '' || (act === 'silence' && reason === '') || (act === 'outcome' && outcome === undefined)) {
    return { status: 400, says: words.fillIn };
  }
  if (act !== 'acknowledge') return undefined;
  if (state === 'resolved') return { status: 409, says: words.overMeanwhile };
  const { acknowledgement } = life;
  return isAcknowledged(life, nowMs) && acknowledgement && acknowledgement.by !== by
    ? { status: 409, says: `${words.takenMeanwhile} ${acknowledgement.by}` }
    : undefined;
}

/** A form that is sent twice, by a double click, is one silence. */
export function isAskedAlready(
  form: AlertForm,
  alert: Alert,
  nowMs: number,
  silences: readonly Silence[],
): boolean {
  const [[kind, id] = ['', '']] = Object.entries(scopeOf(form, alert));
  const untilMs = Date.parse(untilOf(form, nowMs).until ?? '');
  return silences.some(
    ({ scope, by, reason, ...silence }) =>
      by === form.by &&
      reason === form.reason &&
      JSON.stringify(scope) === JSON.stringify({ [kind]: [id] }) &&
      Math.abs(silence.untilMs - untilMs) < TWICE_MS,
  );
}

const TWICE_MS = 60_000;

/** Whether a silence is one that the page of the alert could have begun: it may end it, too. */
export function isOfPage({ scope }: Silence, { building, device }: Alert): boolean {
  const own = [{ building: [building] }, { device: [device] }].map((one) => JSON.stringify(one));
  return own.includes(JSON.stringify(scope));
}
