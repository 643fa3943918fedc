import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import type { ServiceTrouble } from '../../alerts/service-watch.ts';
import type { Alert } from '../../domain/alert.ts';
import { DAY_MS } from '../../domain/interval.ts';
import type { LoadCommand } from '../../domain/load-command.ts';
import type { Register } from '../../domain/register.ts';
import { type Clock, isoTime } from '../../domain/time.ts';
import { zoneOf } from '../../domain/zone.ts';
import {
  type CommandLimits,
  type PastCommand,
  planCommands,
  type Wish,
} from '../../energy/guard/load-commands.ts';
import { shedOfFacts, wishesByBuilding } from '../../energy/guard/shed-facts.ts';
import { type CommandRows, openCommandRows } from './command-rows.ts';

export type LoadControlOptions = {
  readonly db: DatabaseSync;
  /** dryRun: commands are noted and logged, and not sent. */
  readonly mode: 'off' | 'dryRun' | 'on';
  readonly limits: CommandLimits;
  /** A load that has not answered for so long does not answer, ms. */
  readonly answerMs: number;
  readonly register: () => Register;
  readonly publish: (
    topic: string,
    payload: string,
    options: { readonly retain: boolean; readonly qos: 0 | 1 },
  ) => Promise<void>;
  readonly clock: Clock;
  readonly log: Record<'info' | 'warn', (fields: object, message: string) => void>;
};

/** Somebody wants loads of a building off, now. */
export type LoadWish = {
  readonly building: string;
  readonly cause: string;
  readonly wishes: readonly Wish[];
};

export type SetPoint = {
  readonly building: string;
  readonly battery: string;
  /** Positive charges. */
  readonly powerKw: number;
  /** What the main meter is to show. */
  readonly gridKw: number;
  readonly untilMs: number;
};

/** kvarter's hand on the loads: what alerts propose becomes commands, within limits, and the answers are watched. */
export type LoadControl = Pick<CommandRows, 'list' | 'ofCause' | 'prune' | 'since'> & {
  /** Shed plans of alerts whose window runs now. May be called in a transaction: nothing is sent before it is over. */
  readonly onAlerts: (alerts: Iterable<Alert>) => void;
  readonly wish: (wish: LoadWish) => void;
  /** What loads have really been told: commands that were never sent are left out. */
  readonly pastOf: (commands: readonly LoadCommand[]) => readonly PastCommand[];
  /** A battery's set-point from now until its hard end. */
  readonly setPoint: (point: SetPoint) => void;
  /** A packet on `kvarter/acks/{building}/{load}`; the same again changes nothing. */
  readonly onAnswer: (answer: Answer) => void;
  /** Loads that do not answer. */
  readonly troubles: () => readonly ServiceTrouble[];
  /** Everything that waited has been sent. */
  readonly settled: () => Promise<void>;
} & AsyncDisposable;

export type Answer = { readonly topic: string; readonly payload: Uint8Array; readonly receivedAtMs: number };

const LOOK_MS = 1000;

const answerSchema = z.object({
  accepted: z.boolean(),
  reason: z.string().optional(),
  id: z.string().optional(),
});

/**
 * A command is written into the state database before it is sent, with its hard end, and sent once: after a crash what was
 * written and not sent goes out if its end is still ahead. A load that is off when kvarter ends comes back by itself at that
 * end. In a replay there is no load control, so nothing is ever sent.
 */
export function openLoadControl(options: LoadControlOptions): LoadControl {
  const { mode, limits, register, clock, log } = options;
  const rows = openCommandRows(options.db);
  let sending = Promise.resolve();
  let isOver = false;

  const pastOf: LoadControl['pastOf'] = (commands) =>
    commands.flatMap(({ state, load, atMs, untilMs, gridKw }) => {
      // In a dry run what is only tried counts as if it were sent. A battery's set-points are no switching of loads.
      if (gridKw !== undefined || state === 'expired' || (state === 'dryRun' && mode !== 'dryRun')) return [];
      // A load that refused is not asked again at once.
      return [{ load, atMs, untilMs: state === 'refused' ? atMs : untilMs }];
    });

  const wish = ({ building, cause, wishes }: LoadWish) => {
    const found = register().buildings.get(building);
    if (mode === 'off' || !found) return;
    const atMs = clock();
    const dayFromMs = zoneOf(register().organisation.timeZone).dayAt(atMs).fromMs;
    const past = pastOf(rows.since(building, Math.min(dayFromMs, atMs - DAY_MS)));
    const ask = { wishes, loads: found.flexibleLoads, past, atMs, dayFromMs, limits };
    const { commands, withheld } = planCommands(ask);
    for (const { load, powerKw, untilMs } of commands) {
      const state = mode === 'on' ? 'waiting' : 'dryRun';
      const id = commandId(building, load, atMs);
      rows.put({ id, building, load, powerKw, cause, atMs, untilMs, state });
      const says = mode === 'on' ? 'a load is switched off' : 'dry run: a load would be switched off';
      log.info({ building, load, until: isoTime(untilMs), cause, id }, says);
    }
    for (const { load, reason } of withheld) log.info({ building, load, cause, reason }, 'a load is let be');
    // Behind the caller's transaction.
    if (commands.length > 0) setImmediate(send);
  };

  const setPoint = ({ building, battery, powerKw, gridKw, untilMs }: SetPoint) => {
    const atMs = clock();
    if (mode === 'off' || untilMs <= atMs) return;
    const id = commandId(building, battery, atMs);
    const state = mode === 'on' ? 'waiting' : 'dryRun';
    rows.put({ id, building, load: battery, powerKw, gridKw, cause: 'battery-plan', atMs, untilMs, state });
    setImmediate(send);
  };

  const sendOne = async (command: LoadCommand) => {
    const { id, building, load, untilMs } = command;
    if (untilMs <= clock())
      return rows.update(id, { state: 'expired', detail: 'its end came before it was sent' });
    const { powerKw, gridKw } = command;
    const says = gridKw === undefined ? { off: true } : { powerKw, gridKw };
    const payload = JSON.stringify({ id, ...says, until: isoTime(untilMs) });
    // Before it is out: the answer may be quicker than the acknowledgement of the publish.
    rows.update(id, { sentAtMs: clock() });
    await options.publish(`kvarter/commands/${building}/${load}`, payload, { retain: false, qos: 1 });
    rows.markSent(id);
  };
  const sendWaiting = async () => {
    for (const command of rows.inState('waiting')) {
      if (isOver) return;
      try {
        await sendOne(command);
      } catch (error) {
        log.warn(
          { err: error, building: command.building, load: command.load },
          'a command was not sent: again soon',
        );
        return;
      }
    }
  };
  /** What waits from a time when commands were on is not sent in a dry run, or while they are off. */
  const send = () => {
    if (!isOver && mode === 'on')
      sending = sending.then(sendWaiting).catch((error: unknown) => told(error, log));
  };

  const heard = ({ topic, payload, receivedAtMs }: Answer) => {
    const [, , building = '', load = ''] = topic.split('/');
    const parsed = answerSchema.safeParse(jsonOf(payload));
    const command = rows.lastSent(building, load);
    if (!command || command.answeredAtMs !== undefined || receivedAtMs < command.atMs) return;
    if (!parsed.success)
      return log.warn({ topic }, 'the answer of a load cannot be read: {"accepted": true}');
    const { accepted, reason, id } = parsed.data;
    if (id !== undefined && id !== command.id) return;
    rows.update(command.id, {
      state: accepted ? 'accepted' : 'refused',
      answeredAtMs: receivedAtMs,
      detail: reason ?? '',
    });
    log.info({ building, load, accepted, reason }, 'a load has answered');
  };

  const look = () => {
    if (rows.inState('waiting').length > 0) send();
    for (const command of rows.inState('sent')) {
      const { id, building, load, sentAtMs = command.atMs } = command;
      if (clock() < sentAtMs + options.answerMs) continue;
      rows.update(id, { state: 'unanswered', detail: `no answer within ${options.answerMs / 1000} s` });
      log.warn({ building, load, id }, 'a load does not answer');
    }
  };
  const timer = setInterval(() => guarded(look, log), LOOK_MS);
  send();

  return {
    list: rows.list,
    ofCause: rows.ofCause,
    prune: rows.prune,
    since: rows.since,
    pastOf,
    wish,
    setPoint,
    onAlerts: (alerts) => {
      if (mode === 'off') return;
      for (const { id, state, building, facts } of alerts) {
        const shed = state === 'firing' ? shedOfFacts(facts) : undefined;
        const atMs = clock();
        // What is read late, after a pause, is about a window that is over.
        if (!shed || building === undefined || atMs < shed.fromMs || atMs >= shed.toMs) continue;
        for (const one of wishesByBuilding(building, shed.wishes)) wish({ ...one, cause: id });
      }
    },
    onAnswer: (answer) => guarded(() => heard(answer), log),
    troubles: () => (mode === 'on' ? troublesOf(register(), rows) : []),
    settled: async () => {
      await new Promise(setImmediate);
      await sending;
    },
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer);
      isOver = true;
      await sending;
    },
  };
}

function troublesOf({ buildings }: Register, rows: CommandRows): readonly ServiceTrouble[] {
  return [...buildings.values()].flatMap(({ id: building, name, flexibleLoads, battery }) =>
    [
      ...flexibleLoads.filter(({ automatic }) => automatic),
      ...(battery ? [{ id: battery.id, name: `the battery ${battery.id}` }] : []),
    ].map((load): ServiceTrouble => {
      const last = rows.lastSent(building, load.id);
      const isSilent = last?.state === 'unanswered';
      return {
        subject: `load ${building}/${load.id}`,
        kind: 'load',
        severity: 'warning',
        title: `${load.name} of ${name} does not answer`,
        todo: 'First see whether its controller is connected and has power.',
        forMs: 0,
        detail: isSilent
          ? `it was told at ${isoTime(last.atMs)} ${last.gridKw === undefined ? 'to be off' : 'what to do'} until ${isoTime(last.untilMs)}, and has said nothing on kvarter/acks/${building}/${load.id}`
          : undefined,
      };
    }),
  );
}

function commandId(building: string, load: string, atMs: number): string {
  const hash = createHash('sha256').update(`${building}|${load}|${atMs}`).digest('hex');
  return `command-${hash.slice(0, 12)}`;
}

function jsonOf(payload: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(payload).toString());
  } catch {
    return undefined;
  }
}

/** The state database may be locked or full for a while: it is looked at again. */
function guarded(work: () => void, log: LoadControlOptions['log']): void {
  try {
    work();
  } catch (error) {
    told(error, log);
  }
}

function told(error: unknown, log: LoadControlOptions['log']): void {
  log.warn({ err: error }, 'the commands to loads cannot be kept: again soon');
}
