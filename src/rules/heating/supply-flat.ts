import { z } from 'zod';
import { meanOf } from '../../anomaly/mean.ts';
import { expectDay, learnDay } from '../../anomaly/usual-days.ts';
import {
  type DayVerdict,
  dayParameters,
  dayRule,
  heatedBelow,
  type Memory,
  unjudged,
} from '../days/day-rule.ts';
import type { DayView, Hours } from '../days/day-view.ts';
import { inWords } from '../in-words.ts';
import { integer, number } from '../parameters.ts';
import { isSupplyOfRooms } from './hot-water-points.ts';

const parameters = z.strictObject({
  minDays: dayParameters.minDays,
  acceptDays: dayParameters.acceptDays,
  days: integer(1, 28).default(1).describe('so many such days in a row'),
  minUsualC: number(0, 50)
    .default(2)
    .describe(
      'judged where ordinary days of such weather move the supply by at least this, °C between hours; …',
    ),
  restPct: number(0, 100)
    .default(20)
    .describe('… stuck is a supply that moves by at most this share of it, %'),
  coldC: number(0, 100)
    .default(28)
    .describe('below this the pump or the valve is off, above it stands open, °C'),
  heatingBelowC: heatedBelow('day'),
});
type SupplyFlat = z.infer<typeof parameters>;

const DAY: Hours = [24, 0];
const ORDINARY_C = 0.2;

export const supplyFlat = dayRule({
  type: 'supply-flat',
  doc: `The supply to the radiators no longer follows weather and time programme: its hours are all alike on a day whose like
used to move it. The shunt valve is stuck or on manual, or the pump stands still. Looks at submeters with a supply
temperature; a sensor that says the very same value is flat-line’s. Needs an outdoor thermometer.`,
  parameters,
  sees: isSupplyOfRooms,
  judge,
});

function judge(view: DayView, memory: Memory, settings: SupplyFlat): readonly DayVerdict[] {
  const [outdoors] = view.outdoorHours(DAY);
  const outdoorC = view.outdoorC(DAY);
  if (outdoors === undefined || outdoorC === undefined) return [];
  const drivers = [Math.max(...outdoors) - Math.min(...outdoors)];
  return [...view.byDevice('submeter', 'supplyTemperatureC', DAY)].map(([device, values]): DayVerdict => {
    const movedC = Math.max(...values) - Math.min(...values);
    const meanC = meanOf(values);
    const days = memory(device);
    const learn = () => learnDay(days, movedC, drivers);
    const nothing = { ...unjudged, device };
    if (outdoorC > settings.heatingBelowC) return nothing;
    const usual = expectDay(days, movedC, drivers, { minDays: settings.minDays, minSpread: ORDINARY_C });
    if (usual === undefined) return { ...nothing, learn };
    const isStuck =
      usual.expected >= settings.minUsualC && movedC <= (settings.restPct / 100) * usual.expected;
    const isCold = meanC < settings.coldC;
    return {
      device,
      isOdd: isStuck,
      isUsual: movedC > (settings.restPct / 50) * usual.expected,
      told: {
        title: `${isCold ? 'Pump or valve of the radiators off' : 'Shunt valve stuck'}: supply flat at ${inWords(meanC, '°C')} at ${device}`,
        detail: `the supply moved by ${inWords(movedC, '°C')} in a day where ${inWords(usual.expected, '°C')} are usual, at ${inWords(outdoorC, '°C')} outdoors. ${
          isCold
            ? 'It is hardly warmer than the rooms: first look whether the circulation pump runs and the valve opens, then at the controller’s summer stop and frost protection.'
            : 'First look whether the controller stands on manual, then whether the actuator moves the valve, and at the outdoor sensor.'
        }`,
        facts: {
          unit: '°C',
          device,
          value: Math.round(movedC * 10) / 10,
          usual: Math.round(usual.expected * 10) / 10,
          supplyC: Math.round(meanC * 10) / 10,
          outdoorC: Math.round(outdoorC * 10) / 10,
        },
      },
      learn,
      memories: [device],
    };
  });
}
