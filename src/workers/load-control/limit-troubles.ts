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

function asked({ by, kw, toMs }: Limit): string {
  return `${by} has asked for at most ${kw} kW until ${isoTime(toMs)}`;
}

function factsOf(area: Area, { limit, projectedKw, missingKw, lastKw }: LimitStanding) {
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
  };
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
