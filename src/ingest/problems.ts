import type { Reject, RejectCode } from '../domain/reading.ts';
import type { PacketRecord } from '../journal/journal.ts';

/** Why one measurement gave no reading. */
export type Refusal = { readonly code: RejectCode; readonly detail: string };

/** Most packets have none, so it is made when there is one: this runs for every packet. */
export type Problems = Map<string, { code: RejectCode; detail: string; device?: string; count: number }>;
export const NO_REJECTS: readonly Reject[] = [];

export function noted(
  problems: Problems | undefined,
  refusal: Refusal,
  device: string | undefined,
): Problems {
  const all: Problems = problems ?? new Map();
  const key = `${refusal.code}|${device ?? ''}`;
  const seen = all.get(key);
  if (seen) seen.count += 1;
  else all.set(key, { ...refusal, ...(device === undefined ? {} : { device }), count: 1 });
  return all;
}

export function rejectsOf(
  problems: Problems,
  { topic, payload, receivedAtMs, sender }: PacketRecord,
): readonly Reject[] {
  return Array.from(problems.values(), ({ code, detail, device, count }) => ({
    code,
    detail: count === 1 ? detail : `${detail} (and ${count - 1} more like it)`,
    ...(device === undefined ? {} : { device }),
    topic,
    payload,
    receivedAtMs,
    ...(sender === undefined ? {} : { sender }),
  }));
}

export function foreign(sender: string, device: string): Refusal {
  const detail = `${sender} may not speak for ${device}: if it should, put it among its devices in mqtt.credentialsFile`;
  return { code: 'foreign-device', detail };
}
