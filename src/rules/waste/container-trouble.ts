import { z } from 'zod';
import type { Facts, Said } from '../../domain/alert.ts';
import { HOUR_MS } from '../../domain/interval.ts';
import type { PlacedPoint } from '../../domain/reading.ts';
import {
  type ContainerNews,
  type ContainerTrouble,
  type ContainerWatch,
  containerWatchSchema,
  createContainerWatch,
  watchLevel,
  watchNoEcho,
  watchTemperature,
} from '../../waste/container-watch.ts';
import { aboutPoint, placeName } from '../about.ts';
import { createBuildingStates } from '../building-states.ts';
import { integer, minutes, number } from '../parameters.ts';
import type { RuleDefinition } from '../rule.ts';

const parameters = z.strictObject({
  overfilledPct: number(1, 100).default(98).describe('overfilled from here, %'),
  movePct: number(0.1, 100).default(3).describe('a change of more than this is a move, % points'),
  stuckRests: number(1, 1000)
    .default(3)
    .describe('stuck when it rests so many times as long as it ever did …'),
  stuckHours: number(1, 8784).default(120).describe('… and at least so long'),
  badEchoes: integer(1, 10)
    .default(5)
    .describe('fouled when so many of the newest ten echoes are bad: none …'),
  echoSpreadPct: number(1, 100).default(25).describe('… or so far from those before and after, % points'),
  lateHours: number(1, 8784)
    .default(30)
    .describe(
      'a round is missed when it has not come so long after the longest that rounds usually leave, h',
    ),
  bulkPct: number(1, 100)
    .default(12)
    .describe('bulky waste came in when the level leaps by at least so much, % points, …'),
  bulkTimes: number(1, 100)
    .default(1.5)
    .describe('… and so many times the most that came in between two levels before'),
  riseC: number(1, 200).default(25).describe('fire when the temperature rises by so much, °C …'),
  riseMinutes: minutes().default(150).describe('… within so long …'),
  fireC: number(30, 500).default(65).describe('… or is above this, °C: more than the sun makes of a lid'),
});
type Parameters = z.infer<typeof parameters>;

const QUANTITIES: readonly string[] = ['fillLevelPct', 'tilted', 'sensorError', 'airTemperatureC'];

export const containerTrouble: RuleDefinition<Parameters> = {
  type: 'container-trouble',
  doc: `What is wrong with a waste container or its sensor: fire (a jump of the temperature under the lid), overfilled, stuck (the
level has not moved for several times its longest rest), fouled (echoes fail or jump), missed (it is emptied on regular rounds, and
one has not come), bulk (more came in at once than bags ever do: furniture, boxes, what is left of a move; levels more than six hours
apart do not tell). What a tilted sensor says counts for nothing.`,
  level: 'device',
  parameters: () => parameters,
  defaults: { severity: 'warning', forMs: 0, clearMs: 0 },
  create: () => {
    const states = createBuildingStates(z.record(z.string(), containerWatchSchema), () => ({}));
    return {
      sees: ({ quantity, role }) => role === 'container' && QUANTITIES.includes(quantity),
      onReading: ({ point, atMs, value }, { parameters: options, told }, emit) => {
        const containers = states.of(point.building);
        const key = `${point.device}|${point.channel ?? ''}`;
        const watch = containers[key] ?? createContainerWatch();
        containers[key] = watch;
        let news: readonly ContainerNews[] = [];
        if (point.quantity === 'tilted') watch.isTilted = value >= 0.5;
        else if (point.quantity === 'fillLevelPct') {
          news = watchLevel(watch, { atMs, levelPct: value }, options);
        } else if (point.quantity === 'airTemperatureC') {
          news = watchTemperature(watch, { atMs, temperatureC: value }, options);
        } else if (value >= 0.5) news = watchNoEcho(watch, atMs, options);
        for (const one of news) {
          const about = { ...told, ...aboutNews(point, one) };
          if (one.holds)
            emit({ ...about, holds: true, ...wordsOf(point, one, evidenceOf(one, watch, options)) });
          else emit({ ...about, holds: false });
        }
      },
      snapshot: states.snapshot,
      restore: states.restore,
    };
  },
};

const texts: Readonly<Record<ContainerTrouble, { says: string; todo: string }>> = {
  fire: {
    says: 'may be on fire',
    todo: 'Look at once, from a distance; call 112 if there is smoke. Do not open the lid.',
  },
  overfilled: {
    says: 'is overfilled',
    todo: 'Nothing more goes in: have it emptied today, look for what lies beside it, and see whether the rounds are too far apart.',
  },
  stuck: {
    says: 'shows the same level for unusually long',
    todo: 'See whether the sensor looks at the content: something may lie across it, or it has come loose.',
  },
  fouled: {
    says: 'has a sensor that hardly sees: its echoes fail or jump',
    todo: 'Clean the sensor under the lid, and see whether it sits straight; its levels are not to be trusted until then.',
  },
  missed: {
    says: 'has not been emptied by its usual round',
    todo: 'Ask the haulier whether the round was missed, and whether the lorry could get to it (snow, a parked car, a locked gate).',
  },
  bulk: {
    says: 'has taken in much at once',
    todo: 'See whether it will do until the next round, and whether what lies in it belongs there: furniture, boxes and what is left of a move are bulky waste.',
  },
};

/** What it rests on: in words, and what was measured beside what would be right. */
function evidenceOf(
  { trouble, atMs, levelPct = 0, temperatureC = 0, round, leap }: ContainerNews,
  { temperatures, movedMs, longestRestMs, marks }: ContainerWatch,
  { fireC, riseC, riseMinutes, overfilledPct, badEchoes }: Parameters,
): { readonly says: string; readonly facts: Facts } {
  const hours = (ms: number) => Math.round(ms / (HOUR_MS / 10)) / 10;
  switch (trouble) {
    case 'fire': {
      const fromC = Math.round(Math.min(...temperatures.map(([, celsius]) => celsius)) * 10) / 10;
      const within = `${fromC} °C at the lowest in the last ${riseMinutes} minutes`;
      return {
        says: `It is ${Math.round(temperatureC * 10) / 10} °C under the lid, after ${within}.`,
        facts: { fromC, limitC: fireC, limitRiseC: riseC },
      };
    }
    case 'overfilled':
      return { says: `Its level is ${Math.round(levelPct)} %.`, facts: { limitPct: overfilledPct } };
    case 'stuck': {
      const [flatHours, longestBeforeHours] = [hours(atMs - movedMs), hours(longestRestMs)];
      return {
        says: `It has not moved for ${flatHours} hours; ${longestBeforeHours} were the most before.`,
        facts: { flatHours, longestBeforeHours },
      };
    }
    case 'fouled': {
      const bad = marks.reduce((sum, one) => sum + one, 0);
      return {
        says: `Of its newest ${marks.length} echoes ${bad} are bad.`,
        facts: { badEchoes: bad, limitEchoes: badEchoes },
      };
    }
    case 'missed': {
      const [lateHours, usualHours] = [hours(atMs - (round?.dueMs ?? atMs)), hours(round?.gapMs ?? 0)];
      return {
        says: `The round is ${lateHours} hours late, and it is at ${Math.round(levelPct)} %; rounds are at most ${usualHours} hours apart.`,
        facts: { lateHours, usualHours },
      };
    }
    case 'bulk': {
      const { fromPct = 0, toPct = 0, limitPct = 0 } = leap ?? {};
      const [from, to, limit] = [Math.round(fromPct), Math.round(toPct), Math.round(limitPct)];
      const timesLimit = Math.round((10 * (toPct - fromPct)) / Math.max(limitPct, 1)) / 10;
      return {
        says: `It leapt from ${from} % to ${to} %; from one level to the next bags add less than ${limit} percentage points.`,
        facts: { fromPct: from, risePct: to - from, limitRisePct: limit, timesLimit },
      };
    }
  }
}

function aboutNews(point: PlacedPoint, { trouble, atMs }: ContainerNews) {
  return {
    ...(trouble === 'fire' ? { severity: 'critical' as const } : {}),
    // Nobody has to mend it.
    ...(trouble === 'bulk' ? { severity: 'info' as const } : {}),
    ...aboutPoint(point),
    subject: `${point.device}|${point.channel ?? ''}|${trouble}`,
    atMs,
  };
}

function wordsOf(
  point: PlacedPoint,
  { trouble, levelPct, temperatureC }: ContainerNews,
  { says: seen, facts }: ReturnType<typeof evidenceOf>,
): Said {
  const { says, todo } = texts[trouble];
  return {
    title: `Container ${placeName(point)} ${says}`,
    detail: `${seen} ${todo}`,
    facts: {
      device: point.device,
      trouble,
      ...(levelPct === undefined ? {} : { levelPct: Math.round(levelPct) }),
      ...(temperatureC === undefined ? {} : { temperatureC: Math.round(temperatureC * 10) / 10 }),
      ...facts,
    },
  };
}
