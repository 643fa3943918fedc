import type { Quantity } from './quantity.ts';
import type { Schedule } from './schedule.ts';

export const severities = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof severities)[number];

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
export type Facts = { readonly [name: string]: Json };

/**
 * What a rule saw. A rule says it each time something changed for the subject; the alert book turns the stream of
 * findings about one `(rule, subject)` into alerts. All times are event times.
 */
export type Finding = {
  readonly rule: string;
  /** What it is about, unique within the rule: a point's key, or `building/window`. */
  readonly subject: string;
  /** Absent: it is about kvarter itself. Rules always name one. */
  readonly building?: string;
  /** The flat or room, and the device, where it is about one. */
  readonly space?: string;
  readonly device?: string;
  readonly quantity?: Quantity;
  readonly severity: Severity;
  readonly atMs: number;
  /** When it may be told; absent: at any time. */
  readonly schedule?: Schedule;
  /** Names of those who are told, in place of what the routes say. */
  readonly recipients?: readonly string[];
  /** How long the condition must hold before the alert fires, and be gone before it is resolved. 0 = at once. */
  readonly forMs: number;
  readonly clearMs: number;
} & (Holding | Ended);

export type Holding = {
  readonly holds: true;
  /** Another one than before of an alert that goes on: it has begun once more, and is told anew. */
  readonly stretch?: number;
} & Said;
/**
 * Resolves, after the clearing time (closed by the register: at once, since there is no more what it is about). Nothing is said
 * of it: the alert keeps what was said last while it held.
 */
export type Ended = { readonly holds: false; readonly closedBy?: 'register' | 'schedule' };

/** What is said of a condition that holds. */
export type Said = { readonly title: string; readonly detail: string; readonly facts: Facts };

export const alertStates = ['pending', 'firing', 'resolved'] as const;
export type AlertState = (typeof alertStates)[number];

/**
 * What ended an alert whose condition did not: its subject left the register, its rule left the rule file, its schedule ended, or
 * the rules could not go on from what they knew.
 */
export const closers = ['register', 'rules', 'schedule', 'restart'] as const;
export type Closer = (typeof closers)[number];

/** What a person is told. `id` follows from rule, subject and `startsAtMs` alone: a replay gives the same. */
export type Alert = {
  readonly id: string;
  readonly rule: string;
  readonly severity: Severity;
  readonly state: AlertState;
  /** Absent: it is about kvarter itself. */
  readonly building?: string;
  readonly space?: string;
  readonly device?: string;
  readonly quantity?: Quantity;
  readonly subject: string;
  /** When the condition began to hold. */
  readonly startsAtMs: number;
  /** When it had held long enough to be told. */
  readonly firedAtMs?: number;
  /** Names of those who are told, in place of what the routes say. */
  readonly recipients?: readonly string[];
  /** When the condition ended. */
  readonly endsAtMs?: number;
  /** Absent: it is over because its condition ended. */
  readonly closedBy?: Closer;
  /** It has begun so many times since then: it stays open until it is calm, and its ends and beginnings are not told. */
  readonly flapping?: { readonly times: number; readonly sinceMs: number };
  /** It was told anew while it fired: it had become graver than it was before (`from`), or began once more. */
  readonly renewed?: { readonly atMs: number; readonly from?: Severity };
  readonly title: string;
  readonly detail: string;
  readonly facts: Facts;
};

/** An alert as it became at `atMs`: in another state, or renewed. Facts are refreshed silently while it fires. */
export type AlertChange = { readonly alert: Alert; readonly atMs: number };

/** What a change tells, unique among those of its alert: its state, and when it was renewed. */
export function tellingOf({ state, renewed }: Alert): string {
  return state === 'firing' && renewed ? `${state}/${renewed.atMs}` : state;
}

export function isGraver(severity: Severity, than: Severity): boolean {
  return severities.indexOf(severity) > severities.indexOf(than);
}
