import type { AlertChange } from '../domain/alert.ts';

/** What a recipient is to hear of an alert. */
export const newsKinds = ['new', 'escalated', 'resolved'] as const;
export type NewsKind = (typeof newsKinds)[number];
export const messageKinds = [...newsKinds, 'group', 'summary'] as const;
export type MessageKind = (typeof messageKinds)[number];

/** One thing that a recipient has not been told yet. Times are of the wall clock, ms. */
export type News = {
  readonly row: number;
  readonly kind: NewsKind;
  /** '' when it is about kvarter itself. */
  readonly building: string;
  /** Critical, or escalated: it waits for nothing. */
  readonly isUrgent: boolean;
  readonly atMs: number;
  readonly dueMs: number;
  readonly change: AlertChange;
};

/** News that go together, in one message. */
export type PlannedMessage = {
  readonly kind: MessageKind;
  /** What must arrive in order: a building's messages. */
  readonly line: string;
  readonly isUrgent: boolean;
  readonly news: readonly News[];
};

export type Habits = {
  readonly nowMs: number;
  readonly isQuiet: boolean;
  /** The first news of a building waits so long for others, the next message is so long after the last; absent: each by itself. */
  readonly grouping: { readonly waitMs: number; readonly everyMs: number } | undefined;
  /** When the last message about a building was made. */
  readonly lastMs: ReadonlyMap<string, number>;
  /** When the messages of the last hour were made, urgent and ordinary ones apart, the oldest first. */
  readonly recent: { readonly urgent: readonly number[]; readonly ordinary: readonly number[] };
  /** Messages an hour, for urgent and ordinary ones each; 0 = no limit. */
  readonly perHour: number;
  /** May what is over the limit be told in one message? */
  readonly summarises: boolean;
};

export const HOUR_MS = 3_600_000;
/** Quiet hours begin and end at full minutes. */
const QUIET_LOOK_MS = 60_000;

/**
 * Which messages one recipient gets now, and when to look again. Urgent news go at once, each by itself. The rest is
 * collected by building. What is over the hour's limit waits, and becomes one summary: nothing is left out.
 */
export function planMessages(
  news: readonly News[],
  habits: Habits,
): { readonly messages: readonly PlannedMessage[]; readonly nextMs: number } {
  const { nowMs, isQuiet, recent } = habits;
  const due = news.filter(({ dueMs }) => dueMs <= nowMs);
  let nextMs = Math.min(...news.map(({ dueMs }) => dueMs).filter((dueMs) => dueMs > nowMs));
  const urgent = limited(due.filter((one) => one.isUrgent).map(alone), recent.urgent, habits);
  const ordinary = due.filter((one) => !one.isUrgent);
  let collected: Limited = { messages: [], nextMs: Number.POSITIVE_INFINITY };
  if (ordinary.length > 0 && isQuiet) nextMs = Math.min(nextMs, nowMs + QUIET_LOOK_MS);
  else {
    const ready = collect(ordinary, habits);
    nextMs = Math.min(nextMs, ready.nextMs);
    collected = limited(ready.messages, recent.ordinary, habits);
  }
  return {
    messages: [...urgent.messages, ...collected.messages],
    nextMs: Math.min(nextMs, urgent.nextMs, collected.nextMs),
  };
}

type Limited = { readonly messages: readonly PlannedMessage[]; readonly nextMs: number };

function alone(one: News): PlannedMessage {
  return { kind: one.kind, line: one.building, isUrgent: one.isUrgent, news: [one] };
}

function collect(news: readonly News[], { nowMs, grouping, lastMs }: Habits): Limited {
  if (grouping === undefined) return { messages: news.map(alone), nextMs: Number.POSITIVE_INFINITY };
  let nextMs = Number.POSITIVE_INFINITY;
  const messages: PlannedMessage[] = [];
  for (const [line, group] of Map.groupBy(news, ({ building }) => building)) {
    const last = lastMs.get(line) ?? Number.NEGATIVE_INFINITY;
    const first = Math.min(...group.map(({ atMs }) => atMs));
    const dueMs = Math.max(first + grouping.waitMs, last + grouping.everyMs);
    if (dueMs > nowMs) nextMs = Math.min(nextMs, dueMs);
    else messages.push({ kind: kindOf(group), line, isUrgent: false, news: group });
  }
  return { messages, nextMs };
}

/** News of one alert are told as the last of them. */
function kindOf(news: readonly News[]): MessageKind {
  const alerts = new Set(news.map(({ change }) => change.alert.id));
  return alerts.size > 1 ? 'group' : (news.at(-1)?.kind ?? 'group');
}

function limited(
  messages: readonly PlannedMessage[],
  recent: readonly number[],
  { nowMs, perHour, summarises }: Habits,
): Limited {
  const places = perHour === 0 ? messages.length : Math.max(0, perHour - recent.length);
  if (messages.length <= places) return { messages, nextMs: Number.POSITIVE_INFINITY };
  const [oldest = nowMs] = recent;
  const nextMs = oldest + HOUR_MS;
  if (!summarises || places === 0) return { messages: messages.slice(0, places), nextMs };
  const rest = messages.slice(places - 1);
  const news = rest.flatMap((message) => message.news).toSorted((a, b) => a.row - b.row);
  const summary: PlannedMessage = {
    kind: 'summary',
    line: '',
    isUrgent: rest.some(({ isUrgent }) => isUrgent),
    news,
  };
  return { messages: [...messages.slice(0, places - 1), summary], nextMs: Number.POSITIVE_INFINITY };
}
