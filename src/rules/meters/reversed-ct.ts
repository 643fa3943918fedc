import { z } from 'zod';
import { meanOf } from '../../anomaly/mean.ts';
import type { Quantity } from '../../domain/quantity.ts';
import type { Register } from '../../domain/register.ts';
import { type DayVerdict, dayRule } from '../days/day-rule.ts';
import type { Channel, DayView, Hours } from '../days/day-view.ts';
import { inWords } from '../in-words.ts';
import { integer, limitIn } from '../parameters.ts';

const parameters = z.strictObject({
  minPowerW: limitIn(['activePowerW'])
    .prefault(100)
    .describe('in each hour from 23:00 to 04:00 at least so much flows out, W, …'),
  days: integer(1, 28).default(2).describe('… for so many nights in a row'),
  acceptDays: integer(2, 366)
    .default(366)
    .describe('after so many nights in a row it is what is usual, and the alert ends'),
});
type ReversedCt = z.infer<typeof parameters>;

/** The night ends at five. */
const NIGHT: Hours = [6, 1];
const ROLE = 'electricityMain';

export const reversedCt = dayRule({
  type: 'reversed-ct',
  doc: `A main meter that shows power flowing out by night, on a phase or on all of them: a current transformer that is put on the
wrong way round, or whose two leads are exchanged, so that the meter counts too little. Solar cells rest by night; houses with a battery in
the register are passed over, and what else feeds in by night (wind, a generator) needs an entry with enabled: false.`,
  parameters,
  sees: ({ role, quantity }) =>
    role === ROLE &&
    (quantity === 'activePowerW' || quantity === 'phasePowerW' || quantity === 'exportedEnergyWh'),
  judge,
});

function judge(view: DayView, _: unknown, settings: ReversedCt, register: Register): readonly DayVerdict[] {
  const of = (quantity: Quantity) =>
    Map.groupBy(view.channels(ROLE, quantity, NIGHT), ({ device }) => device);
  const [powers, exports, phases] = [of('activePowerW'), of('exportedEnergyWh'), of('phasePowerW')];
  const devices = new Set([...powers.keys(), ...exports.keys(), ...phases.keys()]);
  return [...devices].flatMap((device) => {
    if (hasBattery(register, device)) return [];
    const out = exports.get(device)?.map((one) => ({ ...one, values: one.values.map((watts) => -watts) }));
    return judgeMeter(
      { device, whole: powers.get(device) ?? out ?? [], phases: phases.get(device) ?? [] },
      settings,
    );
  });
}

/** Power hour by hour, W. */
type Powers = readonly Channel[];
/** `whole`: of all phases together, by the device's channels; none where it is not known. */
type Meter = { readonly device: string; readonly whole: Powers; readonly phases: Powers };

function judgeMeter({ device, whole, phases }: Meter, { minPowerW }: ReversedCt): readonly DayVerdict[] {
  const flowsOut = ({ values }: Channel) => Math.max(...values) <= -minPowerW;
  const [reversed, wholeOut] = [phases.filter(flowsOut), whole.filter(flowsOut)];
  const names = reversed.map(({ channel }) => channel).join(', ');
  const sumW = (of: Powers) => of.reduce((sum, { values }) => sum + meanOf(values), 0);
  const outW = sumW(reversed.length > 0 ? reversed : wholeOut);
  const isOdd = reversed.length > 0 || wholeOut.length > 0;
  const others = phases.filter((phase) => !reversed.includes(phase));
  const where = reversed.length > 0 ? `phase ${names} of ${device}` : device;
  const beside =
    reversed.length > 0 && others.length > 0 ? ` (the others ${inWords(sumW(others), 'W')})` : '';
  return [
    {
      device,
      isOdd,
      isUsual: !isOdd,
      told: {
        title: `Current transformer reversed: ${where} shows ${inWords(outW, 'W')} by night`,
        detail: `${inWords(Math.abs(outW), 'W')} flow out in the mean from 23:00 to 04:00${beside}, though nothing in the house feeds in by night. The meter counts too little. First see whether the arrow on the transformer points from the grid to the house (P1 to the grid), then whether its two leads (S1, S2) are exchanged at the meter, and whether each belongs to the phase of its voltage.`,
        facts: {
          device,
          value: Math.round(outW),
          limit: -minPowerW,
          unit: 'W',
          ...(reversed.length > 0 ? { phases: names } : {}),
          ...(beside === '' ? {} : { others: Math.round(sumW(others)) }),
        },
      },
      learn: () => {},
      memories: [],
    },
  ];
}

function hasBattery({ devices, buildings }: Register, device: string): boolean {
  const building = devices.get(device)?.[0]?.building;
  return building !== undefined && buildings.get(building)?.battery !== undefined;
}
