import type { Alert, AlertChange } from '../domain/alert.ts';
import type { Register } from '../domain/register.ts';
import { nextAt } from '../domain/schedule.ts';
import type { Clock } from '../domain/time.ts';
import { zoneOf } from '../domain/zone.ts';
import type { DeskPlan } from './desk.ts';
import type { Recipient } from './open-channels.ts';
import type { News } from './plan.ts';
import type { Told } from './routes.ts';
import type { DeliveryRows } from './rows.ts';

export type NoteOptions = {
  readonly rows: DeliveryRows;
  readonly plan: () => Pick<DeskPlan, 'grouping' | 'late' | 'informationAt'>;
  readonly register: () => Register;
  readonly clock: Clock;
  readonly toldOf: (alert: Alert) => Told;
  readonly recipient: (name: string) => Recipient | undefined;
  /** Recipients that hear of everything. */
  readonly everybody: () => readonly string[];
  /** Recipients who were told that it began while that could not be written down. */
  readonly toldDirectly: (change: AlertChange) => readonly string[];
  readonly put: (name: string, news: Omit<News, 'row'>) => void;
};

export type NoteTaker = {
  /** Writes down who is to hear of a change. */
  readonly note: (change: AlertChange) => void;
  /** Of one that waited for somebody who is told no more: whoever the routes name now, and has not heard of it. */
  readonly noteAgain: (news: Pick<News, 'kind' | 'change' | 'atMs'>) => void;
};

export function createNoteTaker(options: NoteOptions): NoteTaker {
  const { rows, plan, register, clock, toldOf, recipient, everybody, toldDirectly, put } = options;

  /** How long news of history wait for its end; 0 for what has just happened. */
  const lateWaitMs = ({ severity }: Alert, ageMs: number): number => {
    const { late, grouping } = plan();
    if (ageMs <= late.fromMs) return 0;
    return severity === 'critical' ? grouping.waitMs : late.waitMs;
  };

  /** What is only information has its time of the day. */
  const informationWaitMs = ({ severity }: Alert, nowMs: number): number => {
    const { informationAt } = plan();
    if (severity !== 'info' || informationAt === undefined) return 0;
    return nextAt(informationAt, zoneOf(register().organisation.timeZone), nowMs) - nowMs;
  };

  const noteFor = (change: AlertChange) => {
    const { alert, atMs: eventMs } = change;
    const nowMs = clock();
    const informationMs = informationWaitMs(alert, nowMs);
    const newMs = Math.max(lateWaitMs(alert, nowMs - eventMs), informationMs);
    const tell = (name: string, kind: News['kind'], afterMs: number) => {
      if (!recipient(name)) return;
      put(name, {
        kind,
        building: alert.building ?? '',
        isUrgent: alert.severity === 'critical' || kind === 'escalated',
        atMs: nowMs,
        dueMs: nowMs + afterMs,
        change,
      });
    };
    const waitMs = (name: string, ms: number) => (recipient(name)?.grouped ? ms : 0);
    return {
      begins: (name: string, kind: News['kind'] = 'new') => tell(name, kind, waitMs(name, newMs)),
      ends: (name: string) => tell(name, 'resolved', waitMs(name, informationMs)),
      escalates: (steps: Told['escalate'], sinceMs = nowMs) => {
        for (const { afterMs, to } of steps)
          for (const name of to) tell(name, 'escalated', sinceMs + afterMs - nowMs);
      },
    };
  };

  return {
    note: (change) => {
      const { alert } = change;
      const { begins, ends, escalates } = noteFor(change);
      if (alert.state === 'resolved') {
        rows.dropEscalations(alert.id);
        // What was over before it was told tells nobody anything.
        const spared = rows.dropLate(alert.id, clock());
        const known = [...rows.toldOf(alert.id), ...toldDirectly(change), ...everybody()];
        for (const name of new Set(known).difference(spared)) ends(name);
        return;
      }
      const { to, escalate } = toldOf(alert);
      const heard = new Set(alert.renewed ? rows.toldOf(alert.id) : []);
      // What has not been told yet is told as it is now.
      for (const name of heard) begins(name, rows.dropUntold(name, alert.id) ?? 'renewed');
      for (const name of to) if (!heard.has(name)) begins(name);
      escalates(escalate);
    },
    noteAgain: ({ kind, change, atMs }) => {
      const { to, escalate } = toldOf(change.alert);
      const { begins, escalates } = noteFor(change);
      const heard = new Set(rows.toldOf(change.alert.id));
      if (kind !== 'escalated') for (const name of to) if (!heard.has(name)) begins(name);
      escalates(escalate, atMs);
    },
  };
}
