import type { ServiceTrouble } from '../../alerts/service-watch.ts';
import type { Limit } from '../../domain/limit.ts';
import type { Area } from '../../domain/register.ts';
import { isoTime } from '../../domain/time.ts';

/** How an area stands against the limit that holds for it. */
export type LimitStanding = {
  readonly limit: Limit;
  /** Mean power that it is heading for in the running quarter-hour, kW. */
  readonly projectedKw: number;
  /** By how much that passes the limit although all loads that may be switched are off, kW. */
  readonly missingKw: number;
  /** Mean of the last whole quarter-hour of the limit, kW; undefined before there is one. */
  readonly lastKw: number | undefined;
  /** Buildings with a main meter of which nothing has been heard for a day: they count as nothing. */
  readonly unheard: readonly string[];
};

/** Longer than one look: what is over at the next was no news. */
const MISSING_MS = 20_000;

/** What an operator is told of the limits: that one cannot be kept, before it is broken, and that one was exceeded. */
export function limitTroubles(
  areas: readonly Area[],
  standingOf: (area: string) => LimitStanding | undefined,
): readonly ServiceTrouble[] {
  return areas.flatMap((area): ServiceTrouble[] => {
    const standing = standingOf(area.id);
    const about = { severity: 'critical', ...(standing && { facts: factsOf(area, standing) }) } as const;
    return [
      {
        ...about,
        subject: `limit of ${area.id}`,
        kind: 'limit',
        title: `The loads of ${area.name} are not enough for its limit`,
        todo: 'Ask its tenants to use less until then, or agree on a higher limit.',
        forMs: MISSING_MS,
        detail: standing && missingSaid(standing),
      },
      {
        ...about,
        subject: `limit of ${area.id} exceeded`,
        kind: 'limit exceeded',
        title: `${area.name} exceeds its limit`,
        todo: 'See in GET /api/v1/commands whether its loads obey, and tell who asked for the limit.',
        forMs: 0,
        detail: standing && exceededSaid(standing),
      },
      {
        ...about,
        severity: 'warning',
        subject: `limit of ${area.id} unknown`,
        kind: 'limit unknown',
        title: `Not all of ${area.name} is known while its limit holds`,
        todo: 'See in GET /api/v1/devices which main meters are silent: what these buildings draw comes on top.',
        forMs: MISSING_MS,
        detail: standing && unheardSaid(standing),
      },
    ];
  });
}

function missingSaid({ limit, projectedKw, missingKw }: LimitStanding): string | undefined {
  if (missingKw < 0.5) return undefined;
  return `${asked(limit)}. It is heading for ${Math.round(projectedKw)} kW in this quarter-hour, and ${Math.round(missingKw)} kW are missing when all that may be switched off is off`;
}

function exceededSaid({ limit, lastKw }: LimitStanding): string | undefined {
  if (lastKw === undefined || lastKw <= limit.kw) return undefined;
  return `${asked(limit)}. The last quarter-hour had ${Math.round(lastKw)} kW, ${Math.round(lastKw - limit.kw)} kW more`;
}

/** An alert is no list: who has more looks them up. */
const MOST_NAMED = 5;

function unheardSaid({ limit, projectedKw, unheard }: LimitStanding): string | undefined {
  if (unheard.length === 0) return undefined;
  const more = unheard.length > MOST_NAMED ? ` and ${unheard.length - MOST_NAMED} more` : '';
  const named = `${unheard.slice(0, MOST_NAMED).join(', ')}${more}`;
  return `${asked(limit)}. It is heading for ${Math.round(projectedKw)} kW without ${named}, of which nothing has been heard for a day`;
}

function asked({ by, kw, toMs }: Limit): string {
  return `${by} has asked for at most ${kw} kW until ${isoTime(toMs)}`;
}

function factsOf(area: Area, { limit, projectedKw, missingKw, lastKw, unheard }: LimitStanding) {
  return {
    area: area.id,
    areaName: area.name,
    limit: limit.id,
    limitKw: limit.kw,
    by: limit.by,
    from: isoTime(limit.fromMs),
    to: isoTime(limit.toMs),
    projectedKw: rounded(projectedKw),
    missingKw: rounded(missingKw),
    ...(lastKw === undefined ? {} : { lastQuarterKw: rounded(lastKw) }),
    ...(unheard.length === 0 ? {} : { unheard: unheard.length }),
  };
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
