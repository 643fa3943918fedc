import { z } from 'zod';
import type { Said } from '../../domain/alert.ts';
import { HOUR_MS } from '../../domain/interval.ts';
import type { PlacedPoint } from '../../domain/reading.ts';
import { isoTime } from '../../domain/time.ts';
import { aboutPoint } from '../about.ts';
import { createBuildingStates } from '../building-states.ts';
import { type Doubt, isOutdoor } from '../days/hour-store.ts';
import { inWords } from '../in-words.ts';
import type { RuleContext, RuleDefinition } from '../rule.ts';

const parameters = z.strictObject({});
type DoubtedWeather = z.infer<typeof parameters>;

export const doubtedWeather: RuleDefinition<DoubtedWeather> = {
  type: 'doubted-weather',
  doc: `An outdoor thermometer that shows what no weather does: beyond -50 or 45 °C, 15 °C away from one reading to the next and
staying there (°F for °C, a broken wire, taken indoors). Rules, comfort figures and forecasts leave
it out from the first such reading on, until it is back, or for two weeks: then it is what it shows.`,
  level: 'point',
  parameters: () => parameters,
  defaults: { severity: 'warning', forMs: 3 * HOUR_MS, clearMs: HOUR_MS },
  create,
};

function create({ hours }: RuleContext<DoubtedWeather>): ReturnType<(typeof doubtedWeather)['create']> {
  const states = createBuildingStates(z.record(z.string(), z.boolean()), () => ({}));

  return {
    sees: isOutdoor,
    seesHoursOf: isOutdoor,
    onReading: ({ point, atMs, value }, { told }, emit) => {
      const areDoubted = states.of(point.building);
      const doubt = hours.doubtOf(point);
      if ((areDoubted[point.key] ?? false) === (doubt !== undefined)) return;
      areDoubted[point.key] = doubt !== undefined;
      const about = { ...told, ...aboutPoint(point), atMs };
      emit(doubt ? { ...about, holds: true, ...wordsOf(point, doubt, value) } : { ...about, holds: false });
    },
    snapshot: states.snapshot,
    restore: states.restore,
  };
}

function wordsOf({ device, quantity }: PlacedPoint, { sinceMs, believedC }: Doubt, value: number): Said {
  const since = isoTime(sinceMs);
  const shown = inWords(value, '°C');
  return {
    title: `${device} shows weather that cannot be: ${shown}`,
    detail: `Since ${since}; it was last believed at ${inWords(believedC, '°C')}. Likely °F for °C, a broken wire, or a thermometer that was taken indoors. Rules, comfort and forecasts do without it meanwhile. First compare it with the weather of the place, then look at its wire and at what was changed in its gateway.`,
    facts: { device, quantity, since, value: round(value), before: round(believedC), unit: '°C' },
  };
}

function round(c: number): number {
  return Math.round(c * 10) / 10;
}
