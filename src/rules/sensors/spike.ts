import { z } from 'zod';
import { createSpikeWatch, foldSpike, type Spike, spikeWatchSchema } from '../../anomaly/spike.ts';
import type { Said } from '../../domain/alert.ts';
import { MINUTE_MS } from '../../domain/interval.ts';
import type { PlacedPoint } from '../../domain/reading.ts';
import { isoTime } from '../../domain/time.ts';
import { aboutPoint } from '../about.ts';
import { inWords } from '../in-words.ts';
import { differenceIn, integer, minutes, number } from '../parameters.ts';
import { createPointRows } from '../point-rows.ts';
import { quantityLabel } from '../quantity-label.ts';
import type { RuleContext, RuleDefinition } from '../rule.ts';
import type { Scope } from '../scope.ts';

const parameters = ({ quantity }: Scope) =>
  z.strictObject({
    difference: differenceIn(quantity).describe(
      "one reading is above both of its neighbours, or below both, by this, in the quantity's unit, …",
    ),
    times: number(1, 1000).default(4).describe('… and by so many times what any has been before'),
    steps: number(0, 1000)
      .default(1.5)
      .describe('… and so many times as far as any step from one reading to the next before'),
    minReadings: integer(10, 100_000).default(200).describe('judged once so many readings are known'),
    maxPauseMinutes: minutes().default(130).describe('readings further apart are no neighbours'),
  });
type SpikeSettings = z.infer<ReturnType<typeof parameters>>;

const pointSchema = spikeWatchSchema.extend({
  isSpiking: z.boolean(),
  /** So far. */
  spikes: z.number(),
});

export const spike: RuleDefinition<SpikeSettings> = {
  type: 'spike',
  doc: `Single readings far above or below both of their neighbours: a disturbed line, a wrong scale or decoding, a loose
contact. It is told at the reading after the first, and over when none has come for the time of clear. A step that stays is none.`,
  level: 'point',
  parameters,
  defaults: { severity: 'warning', forMs: 0, clearMs: 24 * 60 * MINUTE_MS },
  create,
};

function create(_: RuleContext<SpikeSettings>): ReturnType<(typeof spike)['create']> {
  const states = createPointRows(pointSchema);

  return {
    sees: () => true,
    onReading: ({ point, atMs, value }, { parameters: settings, told }, emit) => {
      const state = states.find(point.building, point.key);
      if (state === undefined) {
        states.add(point.building, point.key, {
          ...createSpikeWatch(atMs, value),
          isSpiking: false,
          spikes: 0,
        });
        return;
      }
      const found = foldSpike(state, { atMs, value }, settings);
      if (found === undefined && !state.isSpiking) return;
      state.isSpiking = found !== undefined;
      if (found !== undefined) state.spikes += 1;
      const about = { ...told, ...aboutPoint(point), atMs };
      if (found === undefined) emit({ ...about, holds: false });
      else emit({ ...about, holds: true, ...wordsOf(found, point, state.spikes) });
    },
    snapshot: states.snapshot,
    restore: states.restore,
  };
}

function wordsOf(
  { atMs, value, between, usual }: Spike,
  { device, quantity }: PlacedPoint,
  spikes: number,
): Said {
  const { name, unit } = quantityLabel(quantity);
  const said = (amount: number) => inWords(amount, unit);
  return {
    title: `${name} of ${device} jumps: ${said(value)} between ${said(between[0])} and ${said(between[1])}`,
    detail: `At ${isoTime(atMs)} one reading alone stood out; none has by more than ${said(usual)} before. Likely a disturbed line, a loose contact or a wrong scale: do not trust peaks of this meter until then. First look at the raw payload of that moment, then at the wiring and the bus.`,
    facts: {
      device,
      quantity,
      at: isoTime(atMs),
      value: round(value),
      before: round(between[0]),
      after: round(between[1]),
      usual: round(usual),
      spikes,
      unit,
    },
  };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
