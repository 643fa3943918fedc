import type { AlertChange } from '../../../src/domain/alert.ts';
import type { Quantity } from '../../../src/domain/quantity.ts';
import type { Reading, Role } from '../../../src/domain/reading.ts';
import type { Device } from '../../../src/domain/register.ts';
import { seededUniform } from '../../support/chance.ts';
import { judge } from '../../support/judge.ts';
import { readingOf, registerOf } from '../../support/readings.ts';

const HOUR = 3_600_000;
/** Local midnight of a Monday. */
const T0 = Date.UTC(2026, 0, 11, 23);
const rooms = ['lgh-1', 'lgh-2', 'lgh-3', 'lgh-4'] as const;
const register = registerOf(
  [{ id: 'b1' }],
  [
    ...rooms.map(
      (space): Device => ({ id: `room-${space}`, model: 'kvarter', building: 'b1', space, role: 'room' }),
    ),
    { id: 'el', model: 'kvarter', building: 'b1', role: 'electricityMain' },
    { id: 'pv', model: 'kvarter', building: 'b1', role: 'submeter' },
  ],
);

type Now = {
  readonly day: number;
  readonly hour: number;
  readonly isNight: boolean;
  /** The last days, in which something is wrong. */
  readonly isWrong: boolean;
  readonly outdoorC: number;
  readonly random: () => number;
};
type Of = (value: number, now: Now) => number;
type Point = readonly [device: string, quantity: Quantity, role: Role, usual: (now: Now) => number];

const meters: readonly Point[] = [
  ['out', 'outdoorTemperatureC', 'outdoor', ({ outdoorC }) => outdoorC],
  ['heat', 'heatPowerW', 'heatMain', heatW],
  ['heat', 'flowLph', 'heatMain', (now) => heatW(now) / 46],
  ['heat', 'returnTemperatureC', 'heatMain', ({ outdoorC, random }) => 38 - outdoorC / 4 + 0.4 * random()],
  ['heat', 'supplyTemperatureC', 'heatMain', ({ outdoorC, random }) => 60 - outdoorC + random()],
  ['shunt', 'supplyTemperatureC', 'submeter', ({ outdoorC, random }) => 45 - outdoorC + random()],
  ['heat', 'hotWaterTemperatureC', 'heatMain', ({ random }) => 54 + random()],
  [
    'el',
    'activePowerW',
    'electricityMain',
    ({ isNight, random }) => (isNight ? 9000 : 14_000) + 400 * random(),
  ],
  ['bin', 'fillLevelPct', 'container', ({ day }) => 10 + (day % 7) * 5],
  ['leak', 'leaking', 'waterMain', () => 0],
  ['lux', 'illuminanceLux', 'outdoor', (now) => 900 * daylight(now) * (0.98 + 0.04 * now.random())],
];
/** What they use in an hour: their registers count it. */
const registers: readonly Point[] = [
  [
    'count',
    'activeEnergyWh',
    'electricityMain',
    ({ isNight, random }) => (isNight ? 4000 : 9000) * (0.9 + 0.2 * random()),
  ],
  [
    'count-heat',
    'heatEnergyWh',
    'heatMain',
    ({ outdoorC, random }) => 2000 * (15 - outdoorC) + 600 * random(),
  ],
  ['pv', 'activeEnergyWh', 'submeter', (now) => 30_000 * daylight(now) * (0.98 + 0.04 * now.random())],
  ['water', 'waterVolumeL', 'waterMain', ({ isNight, random }) => (isNight ? 0 : 200 + 300 * random())],
];

function daylight({ day, hour }: Now): number {
  return Math.max(Math.sin(((hour - 8) / 8) * Math.PI), 0) * (0.65 + 0.35 * Math.sin(day * 2.1));
}

function heatW({ isNight, outdoorC, random }: Now): number {
  const heat = 2000 * (20 - outdoorC) + (isNight ? 0 : 8000 * random());
  return heat * (isNight ? 0.7 : 1) * (1 + 0.03 * (random() - 0.5));
}

type House = {
  readonly days?: number;
  readonly wrongFromDay?: number;
  readonly stepMinutes?: number;
  /** By `device quantity`; NaN: it says nothing. */
  readonly wrong: Readonly<Record<string, Of>>;
};

/** Weeks of a house in winter in which one thing goes wrong in the end; only what `wrong` names or goes with it is read. */
function house(
  { days = 28, wrongFromDay = 20, stepMinutes = 60, wrong }: House,
  devices: readonly string[],
): Reading[] {
  const random = seededUniform('own');
  const counts = new Map<string, number>();
  const steps = (days * 24 * 60) / stepMinutes;
  return Array.from({ length: steps }, (_, n): Reading[] => {
    const at = (n * stepMinutes) / 60;
    const [day, hour] = [Math.floor(at / 24), at % 24];
    const outdoorC = 4 * Math.sin(day / 3) - 2 + 2 * Math.sin(((hour - 9) / 24) * 2 * Math.PI);
    const isNight = hour >= 23 || hour < 5;
    const now = { day, hour, isNight, isWrong: day >= wrongFromDay, outdoorC, random };
    const of = (device: string, quantity: Quantity, role: Role, usual: number, space?: string): Reading[] => {
      if (!devices.includes(device.replace(/-lgh.*/, ''))) return [];
      const value = wrong[`${device} ${quantity}`]?.(usual, now) ?? usual;
      const point = { device, quantity, role, ...(space ? { space } : {}) };
      return Number.isNaN(value) ? [] : [readingOf(point, T0 + at * HOUR + 20_000, value)];
    };
    const counted = registers.flatMap(([device, quantity, role, usual]) => {
      const count = counts.get(device) ?? 5e6;
      counts.set(device, count + ((wrong[device]?.(usual(now), now) ?? usual(now)) * stepMinutes) / 60);
      return of(device, quantity, role, count);
    });
    return [
      ...meters.flatMap(([device, quantity, role, usual]) => of(device, quantity, role, usual(now))),
      ...counted,
      ...rooms.flatMap((space, i) => [
        ...of(`room-${space}`, 'co2Ppm', 'room', 420 + 500 * (0.9 + 0.2 * random()), space),
        ...of(`room-${space}`, 'airTemperatureC', 'room', 21 + i / 3 + 0.2 * random(), space),
      ]),
    ];
  }).flat();
}

const plus =
  (more: number): Of =>
  (value, { isWrong }) =>
    value + (isWrong ? more : 0);
const times =
  (factor: number): Of =>
  (value, { isWrong }) =>
    value * (isWrong ? factor : 1);
const rest =
  (value: number): Of =>
  (usual, { isWrong }) =>
    isWrong ? value : usual;
const allRooms = (quantity: Quantity, of: Of) =>
  Object.fromEntries(rooms.map((space) => [`room-${space} ${quantity}`, of]));

/** By type of rule: which devices it is shown, and what goes wrong with them. A new type gets a line. */
const scenarios: Readonly<Record<string, readonly [devices: readonly string[], House]>> = {
  'peak-guard': [
    ['el'],
    { days: 4, wrongFromDay: 3, stepMinutes: 5, wrong: { 'el activePowerW': times(5) } },
  ],
  stale: [['el', 'leak'], { days: 2, wrongFromDay: 1, wrong: { 'el activePowerW': rest(Number.NaN) } }],
  'out-of-range': [['heat'], { days: 2, wrongFromDay: 1, wrong: { 'heat hotWaterTemperatureC': rest(80) } }],
  'flat-line': [['room'], { days: 8, wrongFromDay: 5, wrong: { 'room-lgh-1 airTemperatureC': rest(21) } }],
  comfort: [['room', 'out'], { days: 4, wrongFromDay: 2, wrong: { 'room-lgh-1 airTemperatureC': plus(-5) } }],
  'container-full': [['bin'], { days: 9, wrongFromDay: 7, wrong: { 'bin fillLevelPct': rest(90) } }],
  'container-trouble': [['bin'], { days: 9, wrongFromDay: 7, wrong: { 'bin fillLevelPct': rest(100) } }],
  'device-status': [['leak'], { days: 2, wrongFromDay: 1, wrong: { 'leak leaking': rest(1) } }],
  'water-all-night': [['water'], { stepMinutes: 30, wrong: { water: plus(200) } }],
  'night-base-load': [['count'], { stepMinutes: 30, wrong: { count: plus(3000) } }],
  'register-back': [['count'], { days: 2, wrongFromDay: 1, wrong: { 'count activeEnergyWh': plus(-4e6) } }],
  'sensor-drift': [['room'], { wrong: { 'room-lgh-1 airTemperatureC': plus(3) } }],
  spike: [
    ['el'],
    {
      stepMinutes: 15,
      wrong: { 'el activePowerW': (value, { day, hour }) => value * (day === 21 && hour === 9 ? 9 : 1) },
    },
  ],
  'hot-water-cold': [
    ['heat'],
    { days: 2, wrongFromDay: 1, wrong: { 'heat hotWaterTemperatureC': rest(44) } },
  ],
  hunting: [
    ['shunt'],
    {
      days: 4,
      wrongFromDay: 3,
      stepMinutes: 3,
      wrong: {
        'shunt supplyTemperatureC': (value, { isWrong, hour }) =>
          value + (isWrong ? 8 * Math.sin(hour * 2 * Math.PI * 4) : 0),
      },
    },
  ],
  'supply-flat': [['shunt', 'out'], { wrong: { 'shunt supplyTemperatureC': rest(47) } }],
  'energy-without-flow': [['heat'], { days: 4, wrongFromDay: 2, wrong: { 'heat flowLph': rest(0) } }],
  'low-delta-t': [['heat', 'out'], { wrong: { 'heat flowLph': times(2.5) } }],
  'circulation-stopped': [['heat', 'out'], { wrong: { 'heat returnTemperatureC': plus(-3) } }],
  'heating-and-cooling': [
    ['heat', 'el', 'out', 'room'],
    { wrong: { 'el activePowerW': plus(5000), 'heat heatPowerW': plus(15_000) } },
  ],
  'heating-curve': [['room', 'out', 'heat'], { wrong: allRooms('airTemperatureC', plus(1.5)) }],
  'night-setback': [
    ['heat', 'out'],
    {
      wrong: {
        'heat heatPowerW': (value, { isWrong, isNight, outdoorC }) =>
          value + (isWrong && isNight ? 0.3 * 2000 * (20 - outdoorC) : 0),
      },
    },
  ],
  'radiator-valve': [['room', 'out', 'heat'], { wrong: { 'room-lgh-1 airTemperatureC': plus(1.5) } }],
  'ventilation-all-night': [
    ['el', 'out', 'room'],
    {
      wrong: {
        'el activePowerW': (value, { isWrong, isNight }) => value + (isWrong && isNight ? 5000 : 0),
        ...allRooms('co2Ppm', times(0.8)),
      },
    },
  ],
  'meter-ratio': [['count'], { wrong: { count: times(2) } }],
  'out-of-scale': [['el'], { days: 6, wrongFromDay: 4, wrong: { 'el activePowerW': times(1000) } }],
  'doubted-weather': [['out'], { days: 6, wrongFromDay: 4, wrong: { 'out outdoorTemperatureC': plus(30) } }],
  'reversed-ct': [['el'], { wrong: { 'el activePowerW': times(-0.5) } }],
  'unexplained-use': [['count-heat', 'out'], { days: 34, wrong: { 'count-heat': plus(20_000) } }],
  'pv-output': [['pv', 'lux', 'out'], { wrong: { pv: times(0.4) } }],
  'swapped-sensors': [
    ['room'],
    { wrong: { 'room-lgh-1 airTemperatureC': plus(1), 'room-lgh-4 airTemperatureC': plus(-1) } },
  ],
  'evening-peak': [
    ['count'],
    { wrong: { count: (value, { isWrong, hour }) => value + (isWrong && hour === 17 ? 40_000 : 0) } },
  ],
};

/** What a type of rule says when what it looks for is there; empty for a type that has no scenario here yet. */
export function ownFindings(type: string): readonly AlertChange[] {
  const scenario = scenarios[type];
  if (!scenario) return [];
  const [devices, wrong] = scenario;
  return judge(house(wrong, devices), { types: [type], register });
}
