import { z } from 'zod';
import type { Finding } from '../../domain/alert.ts';
import type { PlacedPoint } from '../../domain/reading.ts';
import { isoTime } from '../../domain/time.ts';
import { loadOf } from '../../energy/loads/intervals.ts';
import {
  highestKw,
  isOutOfScale,
  newScale,
  powerBetween,
  scaleLimits,
  scaleSchema,
} from '../../energy/loads/scale.ts';
import { aboutPoint } from '../about.ts';
import { createBuildingStates } from '../building-states.ts';
import { inWords } from '../in-words.ts';
import { integer, number } from '../parameters.ts';
import type { RuleContext, RuleDefinition } from '../rule.ts';

const LIMITS = scaleLimits.electricity;
const parameters = z.strictObject({
  times: number(2, 1e6)
    .default(LIMITS.times)
    .describe('a load beyond so many times the highest of its meter in the newest five weeks, …'),
  leastKw: number(0.1, 1e6).default(LIMITS.leastKw).describe('… which counts as at least this, kW, …'),
  readings: integer(2, 1000).default(2).describe('… in so many readings in a row'),
  acceptDays: number(1, 366)
    .default(LIMITS.acceptDays)
    .describe('after so many days it is what is usual, and the alert ends'),
});
type OutOfScale = z.infer<typeof parameters>;

const sideSchema = z.object({
  atMs: z.number(),
  value: z.number(),
  scale: scaleSchema,
  /** Readings in a row out of scale, and when the first of them came. */
  count: z.number(),
  sinceMs: z.number(),
});
/** What a meter says, by how it says it. */
const meterSchema = z.object({ power: sideSchema.exactOptional(), register: sideSchema.exactOptional() });
type Side = z.infer<typeof sideSchema>;

export const outOfScale: RuleDefinition<OutOfScale> = {
  type: 'out-of-scale',
  doc: `A meter that says many times more than it ever did, in several readings in a row: a wrong unit (W and kW, Wh and kWh), a wrong
ratio, a decimal point, another meter under its name. Told within minutes, where meter-ratio waits for days; the peak guard leaves such
readings out (scaleTimes). Judged once three days are known, by the power and by the register of the meter; what happens once is a spike.`,
  level: 'device',
  parameters: () => parameters,
  defaults: { severity: 'warning', forMs: 0, clearMs: 3_600_000 },
  create,
};

function create(_: RuleContext<OutOfScale>): ReturnType<(typeof outOfScale)['create']> {
  const states = createBuildingStates(z.record(z.string(), meterSchema), () => ({}));

  return {
    sees: ({ quantity }) => loadOf(quantity) !== undefined,
    onReading: ({ point, atMs, value }, { parameters: settings, told }, emit) => {
      const source = loadOf(point.quantity)?.source;
      if (source === undefined) return;
      const meters = states.of(point.building);
      const key = `${point.device}|${point.channel ?? ''}`;
      meters[key] ??= {};
      const meter = meters[key];
      const side = meter[source];
      if (side === undefined) {
        meter[source] = { atMs, value, scale: newScale(), count: 0, sinceMs: 0 };
        return;
      }
      if (atMs <= side.atMs) return;
      const kw = source === 'power' ? value / 1000 : powerBetween(side, { atMs, value });
      if (kw === undefined) {
        // Reset, exchanged, or further than any meter counts: the next reading says more.
        Object.assign(side, { atMs, value });
        return;
      }
      const wasTold = isTold(meter, settings);
      const highest = highestKw(side.scale);
      const isOut = isOutOfScale(side.scale, atMs, kw, settings);
      if (isOut && side.count === 0) side.sinceMs = atMs;
      Object.assign(side, { atMs, value, count: isOut ? side.count + 1 : 0 });
      const holds = isTold(meter, settings);
      if (holds === wasTold) return;
      const about = { ...told, ...aboutMeter(point, key), atMs };
      const limitKw = settings.times * Math.max(highest, settings.leastKw);
      emit(
        holds ? { ...about, ...wordsOf(point, side, { kw, highest, limitKw }) } : { ...about, holds: false },
      );
    },
    snapshot: states.snapshot,
    restore: states.restore,
  };
}

function isTold({ power, register }: z.infer<typeof meterSchema>, { readings }: OutOfScale): boolean {
  return [power, register].some((side) => side !== undefined && side.count >= readings);
}

/** Power and register of a meter are one thing to be told. */
function aboutMeter(point: PlacedPoint, subject: string) {
  const { quantity: _, ...about } = aboutPoint(point);
  return { ...about, subject };
}

function wordsOf(
  { device, quantity }: PlacedPoint,
  { sinceMs, count }: Side,
  { kw, highest, limitKw }: { readonly kw: number; readonly highest: number; readonly limitKw: number },
): Pick<Finding & { readonly holds: true }, 'holds' | 'title' | 'detail' | 'facts'> {
  const [now, before] = [kw, highest].map((load) => inWords(load * 1000, 'W'));
  const times = Number((Math.abs(kw) / Math.max(highest, 1e-3)).toPrecision(2));
  return {
    holds: true,
    title: `${device} is out of all scale: ${now}, where it was never above ${before}`,
    detail: `Since ${isoTime(sinceMs)}, in ${count} readings in a row: ${times} times the highest load of the newest weeks. Likely a wrong unit (W and kW, Wh and kWh), a wrong ratio of current transformers or pulses, a decimal point, or another meter under this name. First compare the meter’s display with the reading, then look at what was changed in the meter, the gateway or the register of devices. The peak guard leaves such readings out; loads and bills have them. Where the load is truly so much larger now, raise times of this rule and scaleTimes of the guard for the building.`,
    facts: {
      device,
      quantity,
      since: isoTime(sinceMs),
      readings: count,
      value: Math.round(kw * 1000),
      highest: Math.round(highest * 1000),
      limit: Math.round(limitKw * 1000),
      times,
      unit: 'W',
    },
  };
}
