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

/** Writes down who is to hear of a change. */
export function createNoteTaker(options: NoteOptions): (change: AlertChange) => void {
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

  return (change) => {
    const { alert, atMs: eventMs } = change;
    const nowMs = clock();
    const informationMs = informationWaitMs(alert, nowMs);
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
    if (alert.state === 'resolved') {
      rows.dropEscalations(alert.id);
      // What was over before it was told tells nobody anything.
      const spared = rows.dropLate(alert.id, nowMs);
      const known = [...rows.toldOf(alert.id), ...toldDirectly(change), ...everybody()];
      const heard = new Set(known).difference(spared);
      for (const name of heard) tell(name, 'resolved', waitMs(name, informationMs));
      return;
    }
    const { to, escalate } = toldOf(alert);
    const newMs = Math.max(lateWaitMs(alert, nowMs - eventMs), informationMs);
    const heard = new Set(alert.renewed ? rows.toldOf(alert.id) : []);
    for (const name of heard) {
      // What has not been told yet is told as it is now.
      const untold = rows.dropUntold(name, alert.id);
      tell(name, untold ?? 'renewed', waitMs(name, newMs));
    }
    for (const name of to) if (!heard.has(name)) tell(name, 'new', waitMs(name, newMs));
    for (const { afterMs, to: next } of escalate) for (const name of next) tell(name, 'escalated', afterMs);
  };
}
