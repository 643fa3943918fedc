import type { Outgoing } from '../../../src/delivery/channel.ts';
import type { News, NewsKind } from '../../../src/delivery/plan.ts';
import type { Alert, AlertChange } from '../../../src/domain/alert.ts';
import { become, T0 } from '../alerts/findings.ts';

/** News as the desk writes it down; `row` and times are the caller's. */
export function news(kind: NewsKind, about: Partial<Alert> = {}, over: Partial<News> = {}): News {
  return newsOf(become(kind === 'resolved' ? 'resolved' : 'firing', about), { kind, ...over });
}

export function newsOf(change: AlertChange, over: Partial<News> = {}): News {
  const { alert } = change;
  return {
    row: 1,
    kind: alert.state === 'resolved' ? 'resolved' : 'new',
    building: alert.building ?? '',
    isUrgent: alert.severity === 'critical' || over.kind === 'escalated',
    atMs: T0,
    dueMs: T0,
    change,
    ...over,
  };
}

export function outgoing(told: readonly News[], over: Partial<Outgoing> = {}): Outgoing {
  return {
    id: 'm1',
    kind: told[0]?.kind ?? 'new',
    isUrgent: false,
    isOver: false,
    severity: told[0]?.change.alert.severity ?? 'warning',
    subject: 'Warning: CO₂ is high (Norrlidsvägen 1)',
    text: 'CO₂ is 1500 ppm. <Open> a window.\n\nhttps://kvarter.example.se/a?b=1&c=2\n',
    link: undefined,
    news: told,
    earlier: [],
    ...over,
  };
}
