import type { Said } from '../../domain/alert.ts';
import { spanInWords } from '../../domain/span-words.ts';
import { isoTime } from '../../domain/time.ts';
import type { Silence } from './together.ts';

/** Without a building it is silent everywhere; without a source, all that is there is. */
export type Outage = Silence & {
  readonly building?: string;
  readonly source?: string;
  readonly silentMinutes: number;
};

export function outageWords({ building, source, ...outage }: Outage): Said {
  const { sinceMs, devices, buildings, silentMinutes } = outage;
  const where = building ?? `${buildings.length} buildings`;
  const from = [source, building && (source === undefined ? building : `in ${building}`)].filter(Boolean);
  return {
    title: from.length === 0 ? 'Nothing comes in from any device' : `Nothing comes from ${from.join(' ')}`,
    detail:
      `${devices} devices in ${where} fell silent at about the same time, for ${spanInWords(silentMinutes)} now. ` +
      `${todoOf(building, source)} The devices are not told one by one.`,
    facts: {
      kind: 'outage',
      of: building === undefined ? (source === undefined ? 'all' : 'source') : source ? 'part' : 'building',
      ...(source === undefined ? {} : { source }),
      deviceCount: devices,
      buildings: [...buildings],
      buildingCount: buildings.length,
      lastAt: isoTime(sinceMs),
      silentMinutes,
    },
  };
}

function todoOf(building: string | undefined, source: string | undefined): string {
  if (building === undefined && source === undefined)
    return 'Look first for the network of kvarter itself, and for the broker or bridge that hands readings on.';
  if (building === undefined)
    return "Look first whether the supplier's service or network server is up, then for its connection to kvarter.";
  return source === undefined
    ? 'Look first for its power and its connection to the internet.'
    : 'Look first for the gateway or bridge there that they speak through.';
}
