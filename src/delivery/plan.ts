import type { AlertChange } from '../domain/alert.ts';

/** What a recipient is to hear of an alert. */
export const newsKinds = ['new', 'renewed', 'escalated', 'resolved'] as const;
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
  /** What must arrive in order: the messages about a building, or {@link SEVERAL}. */
  readonly line: string;
  readonly isUrgent: boolean;
  readonly news: readonly News[];
};

/** How long news wait for others, and for the next message. */
export type Grouping = {
  /** From the first news of a building. */
  readonly waitMs: number;
  /** From the last message about it. */
  readonly everyMs: number;
  /** From the last message about any building. */
  readonly betweenMs: number;
  /** From what is over, or only information: nothing has to be done about it. */
  readonly patientMs: number;
};

export type Habits = {
  readonly nowMs: number;
  readonly isQuiet: boolean;
  /** Absent: each by itself. */
  readonly grouping: Grouping | undefined;
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
/** So many urgent news are told each by itself; more at once are a storm. */
const URGENT_APART = 3;
/** So many alerts are told in full in one message; of more it is a list. */
const TOLD_IN_FULL = 10;
/** The line of a message about several buildings: it keeps its place among those of each. */
export const SEVERAL = '*';
const NEVER = Number.POSITIVE_INFINITY;

type Planned = { readonly messages: readonly PlannedMessage[]; readonly nextMs: number };

/**
 * Which messages one recipient gets now, and when to look again. Urgent news go at once, each by itself, until they are
 * too many. The rest is collected, by building and for so long over all of them; what can wait does for company. The nearer the hour's
 * limit is, the longer each message waits, and the more is in it: nothing is left out.
 */
export function planMessages(news: readonly News[], habits: Habits): Planned {
  const { nowMs, isQuiet, recent, grouping } = habits;
  const due = news.filter(({ dueMs }) => dueMs <= nowMs);
  const laterMs = Math.min(NEVER, ...news.map(({ dueMs }) => dueMs).filter((dueMs) => dueMs > nowMs));
  const urgent = due.filter((one) => one.isUrgent);
  const ordinary = due.filter((one) => !one.isUrgent);
  const atOnce =
    grouping && habits.summarises ? inStorms(urgent, habits) : apart(urgent, recent.urgent, habits);
  const collected =
    ordinary.length > 0 && isQuiet
      ? { messages: [], nextMs: nowMs + QUIET_LOOK_MS }
      : grouping
        ? collect(ordinary, { ...habits, grouping })
        : apart(ordinary, recent.ordinary, habits);
  return {
    messages: [...atOnce.messages, ...collected.messages],
    nextMs: Math.min(laterMs, atOnce.nextMs, collected.nextMs),
  };
}

function alone(one: News): PlannedMessage {
  return { kind: one.kind, line: one.building, isUrgent: one.isUrgent, news: [one] };
}

/** News in one message: of one building, or of several. */
function together(news: readonly News[], isUrgent: boolean): PlannedMessage {
  const alerts = new Set(news.map(({ change }) => change.alert.id));
  const buildings = new Set(news.map(({ building }) => building));
  const [building = ''] = buildings;
  const kind =
    alerts.size > TOLD_IN_FULL ? 'summary' : alerts.size > 1 ? 'group' : (news.at(-1)?.kind ?? 'group');
  return { kind, line: buildings.size > 1 ? SEVERAL : building, isUrgent, news };
}

function inStorms(urgent: readonly News[], habits: Habits): Planned {
  if (urgent.length === 0) return { messages: [], nextMs: NEVER };
  const { nowMs, perHour, recent } = habits;
  const fromMs = roomFromMs(recent.urgent, perHour);
  if (fromMs > nowMs) return { messages: [], nextMs: fromMs };
  const room = perHour === 0 ? NEVER : Math.ceil(perHour / 2) - recent.urgent.length;
  const isStorm = urgent.length > Math.min(URGENT_APART, Math.max(room, 1));
  return { messages: isStorm ? [together(urgent, true)] : urgent.map(alone), nextMs: NEVER };
}

function collect(
  news: readonly News[],
  { nowMs, grouping, lastMs, recent, perHour }: Habits & { readonly grouping: Grouping },
): Planned {
  const lines = [...Map.groupBy(news, ({ building }) => building)].map(([line, group]) => {
    const waitsMs = (one: News) => (isPatient(one) ? grouping.patientMs : grouping.waitMs);
    const earliestMs = Math.min(...group.map((one) => one.atMs + waitsMs(one)));
    const dueMs = Math.max(earliestMs, (lastMs.get(line) ?? Number.NEGATIVE_INFINITY) + grouping.everyMs);
    return { group, dueMs, isPatient: group.every(isPatient) };
  });
  const fromMs = Math.max(
    Math.min(NEVER, ...lines.map(({ dueMs }) => dueMs)),
    (recent.ordinary.at(-1) ?? Number.NEGATIVE_INFINITY) + grouping.betweenMs,
    roomFromMs(recent.ordinary, perHour),
  );
  if (fromMs > nowMs) return { messages: [], nextMs: fromMs };
  const due = lines.filter(({ dueMs }) => dueMs <= nowMs);
  // What can wait goes with its like, also before its time.
  const told = due.every((line) => line.isPatient) ? lines.filter((line) => line.isPatient) : due;
  const nextMs = Math.min(NEVER, ...lines.filter((line) => !told.includes(line)).map(({ dueMs }) => dueMs));
  return {
    messages: [
      together(
        told.flatMap(({ group }) => group),
        false,
      ),
    ],
    nextMs,
  };
}

/** Nothing has to be done about it. */
function isPatient({ kind, change }: News): boolean {
  return kind === 'resolved' || change.alert.severity === 'info';
}

/**
 * When the next message may be made: half of an hour's may come at once, the others evenly over it, so that nothing waits
 * for long however much there was before.
 */
function roomFromMs(recent: readonly number[], perHour: number): number {
  const atOnce = Math.ceil(perHour / 2);
  if (perHour === 0 || recent.length < atOnce) return Number.NEGATIVE_INFINITY;
  const [oldest = 0] = recent;
  const last = recent.at(-1) ?? oldest;
  const spacedMs = last + HOUR_MS / (perHour - atOnce + 1);
  return recent.length < perHour ? spacedMs : Math.max(spacedMs, oldest + HOUR_MS);
}

/** Each by itself, as far as the limit lets it. */
function apart(
  news: readonly News[],
  recent: readonly number[],
  { nowMs, perHour, summarises }: Habits,
): Planned {
  const places = perHour === 0 ? news.length : Math.max(0, perHour - recent.length);
  if (news.length <= places) return { messages: news.map(alone), nextMs: NEVER };
  const [oldest = nowMs] = recent;
  const nextMs = oldest + HOUR_MS;
  if (!summarises || places === 0) return { messages: news.slice(0, places).map(alone), nextMs };
  const rest = news.slice(places - 1);
  const summary = {
    ...together(
      rest,
      rest.some(({ isUrgent }) => isUrgent),
    ),
    kind: 'summary' as const,
  };
  return { messages: [...news.slice(0, places - 1).map(alone), summary], nextMs: NEVER };
}
