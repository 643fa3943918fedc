import { z } from 'zod';
import {
  createHourExtremes,
  endedHours,
  foldExtremes,
  hourExtremesSchema,
} from '../../anomaly/hour-extremes.ts';
import type { Finding } from '../../domain/alert.ts';
import { HOUR_MS } from '../../domain/interval.ts';
import type { PlacedPoint } from '../../domain/reading.ts';
import { isoTime } from '../../domain/time.ts';
import { createBuildingStates } from '../building-states.ts';
import { inWords } from '../in-words.ts';
import { integer, limitIn } from '../parameters.ts';
import type { RuleDefinition } from '../rule.ts';

const parameters = z.strictObject({
  hours: integer(1, 23).default(3).describe('told when it was so for so many whole hours in a row'),
  minPowerW: limitIn(['heatPowerW']).prefault(1000).describe('power all the time at least this, W, …'),
  noFlowLph: limitIn(['flowLph']).prefault(1).describe('… while the flow is never more than this, l/h;'),
  minFlowLph: limitIn(['flowLph']).prefault(100).describe('or a flow of at least this, l/h, …'),
  noPowerW: limitIn(['heatPowerW']).prefault(50).describe('… while the power is never more than this, W'),
});
type EnergyWithoutFlow = z.infer<typeof parameters>;

const deviceSchema = z.object({
  power: hourExtremesSchema,
  flow: hourExtremesSchema,
  is: z.enum(['well', 'energy', 'flow']),
});

export const energyWithoutFlow: RuleDefinition<EnergyWithoutFlow> = {
  type: 'energy-without-flow',
  doc: `A heat meter whose power and flow do not belong together: heat without flow (the flow sensor stands still or is fouled,
and the energy is an estimate or wrong), or flow without heat (a temperature sensor is out of its pocket, both are in the
same pipe, or water runs through a bypass and is not cooled). What is billed is wrong as long as it lasts.`,
  level: 'device',
  parameters: () => parameters,
  defaults: { severity: 'warning', forMs: 0, clearMs: HOUR_MS },
  create: () => {
    const states = createBuildingStates(z.record(z.string(), deviceSchema), () => ({}));
    return {
      sees: ({ quantity }) => quantity === 'heatPowerW' || quantity === 'flowLph',
      onReading: ({ point, atMs, value }, { parameters: limits, told }, emit) => {
        const devices = states.of(point.building);
        const subject = point.channel === undefined ? point.device : `${point.device}|${point.channel}`;
        devices[subject] ??= { power: createHourExtremes(), flow: createHourExtremes(), is: 'well' };
        const device = devices[subject];
        if (device === undefined) return;
        const extremes = point.quantity === 'flowLph' ? device.flow : device.power;
        if (!foldExtremes(extremes, atMs, value)) return;
        const found = judge(device, limits);
        if (found === undefined || found.is === device.is) return;
        const before = device.is;
        device.is = found.is;
        const about = { ...told, ...aboutMeter(point, subject), atMs };
        // One fault that became the other is another alert.
        if (before !== 'well') emit({ ...about, subject: `${subject}/${before}`, holds: false });
        if (found.is === 'well') return;
        emit({
          ...about,
          subject: `${subject}/${found.is}`,
          holds: true,
          ...wordsOf(point.device, found.is, found),
          facts: {
            device: point.device,
            since: isoTime(found.sinceMs),
            powerW: Math.round(found.powerW),
            flowLph: Math.round(found.flowLph),
            cause: found.is === 'energy' ? 'energy without flow' : 'flow without energy',
          },
        });
      },
      snapshot: states.snapshot,
      restore: states.restore,
    };
  },
};

type Judged = {
  readonly is: z.infer<typeof deviceSchema>['is'];
  readonly sinceMs: number;
  /** The least and the most, whichever the fault is about. */
  readonly powerW: number;
  readonly flowLph: number;
};

/** By the newest hours in which both were heard; undefined while there are too few. */
function judge(
  { power, flow }: z.infer<typeof deviceSchema>,
  { hours, minPowerW, noFlowLph, minFlowLph, noPowerW }: EnergyWithoutFlow,
): Judged | undefined {
  const flows = new Map(endedHours(flow, hours + 1).map((hour) => [hour.fromMs, hour]));
  const both = endedHours(power, hours + 1)
    .flatMap((watts) => {
      const litres = flows.get(watts.fromMs);
      return litres ? [{ fromMs: watts.fromMs, watts, litres }] : [];
    })
    .slice(-hours);
  const first = both[0];
  if (first === undefined || both.length < hours) return undefined;
  const least = (of: 'watts' | 'litres') => Math.min(...both.map((hour) => hour[of].lowest));
  const most = (of: 'watts' | 'litres') => Math.max(...both.map((hour) => hour[of].highest));
  const sinceMs = first.fromMs;
  if (least('watts') >= minPowerW && most('litres') <= noFlowLph) {
    return { is: 'energy', sinceMs, powerW: least('watts'), flowLph: most('litres') };
  }
  if (least('litres') >= minFlowLph && most('watts') <= noPowerW) {
    return { is: 'flow', sinceMs, powerW: most('watts'), flowLph: least('litres') };
  }
  return { is: 'well', sinceMs, powerW: most('watts'), flowLph: most('litres') };
}

function aboutMeter(
  { building, space, device }: PlacedPoint,
  subject: string,
): Pick<Finding, 'subject' | 'building' | 'space' | 'device'> {
  return { subject, building, ...(space === undefined ? {} : { space }), device };
}

function wordsOf(device: string, is: Exclude<Judged['is'], 'well'>, { sinceMs, powerW, flowLph }: Judged) {
  const values = `${inWords(powerW, 'W')} at ${inWords(flowLph, 'l/h')}`;
  if (is === 'energy') {
    return {
      title: `Energy without flow: ${values} at ${device}`,
      detail: `Since ${isoTime(sinceMs)} the meter shows heat though no water flows through it. First look at the meter’s own display and error code, then at its flow sensor: fouled, full of air, mounted the wrong way round, or its cable off.`,
    };
  }
  return {
    title: `Flow without energy: ${values} at ${device}`,
    detail: `Since ${isoTime(sinceMs)} water flows through the meter and is not cooled. First look whether both temperature sensors sit in their pockets and in different pipes, then for an open bypass or a control valve that leaks.`,
  };
}
