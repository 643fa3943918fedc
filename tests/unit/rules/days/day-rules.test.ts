import { describe, expect, it } from 'vitest';
import type { AlertChange } from '../../../../src/domain/alert.ts';
import type { Quantity } from '../../../../src/domain/quantity.ts';
import type { Reading, Role } from '../../../../src/domain/reading.ts';
import { seededUniform } from '../../../support/chance.ts';
import { judge as judgeBy } from '../../../support/judge.ts';
import { readingOf, registerOf } from '../../../support/readings.ts';

const HOUR = 3_600_000;
/** Local midnight. */
const T0 = Date.UTC(2026, 0, 11, 23);
const rooms = ['lgh-1', 'lgh-2', 'lgh-3'] as const;
const register = registerOf([{ id: 'b1' }, { id: 'b2' }], [{ id: 'd', model: 'kvarter', building: 'b1' }]);
type Hour = {
  readonly day: number;
  readonly hour: number;
  readonly outdoorC: number;
  readonly random: () => number;
};
/** What differs from an ordinary hour. */
type House = {
  readonly roomC?: (hour: Hour, room: number) => number;
  readonly heatW?: (hour: Hour) => number;
  readonly baseW?: (hour: Hour) => number;
  readonly returnC?: (hour: Hour) => number;
  readonly flow?: (hour: Hour) => number;
  readonly air?: (hour: Hour) => number;
};

/** A month and more of a house in winter, hour by hour; its outdoor thermometer hangs on the house next door. */
function house(days: number, { roomC, heatW, baseW, returnC, flow, air }: House = {}): Reading[] {
  const random = seededUniform('house');
  return Array.from({ length: days * 24 }, (_, n): Reading[] => {
    const [day, hour] = [Math.floor(n / 24), n % 24];
    const outdoorC = 4 * Math.sin(day / 3) - 2 + 2 * Math.sin(((hour - 9) / 24) * 2 * Math.PI);
    const now = { day, hour, outdoorC, random };
    const at = (offset: number) => T0 + n * HOUR + offset * 60_000;
    const isNight = hour >= 23 || hour < 5;
    const noise = () => 1 + 0.03 * (random() - 0.5);
    const heat = (2000 * (20 - outdoorC) + (isNight ? 0 : 8000 * random())) * (isNight ? 0.7 : 1) * noise();
    const of = (device: string, quantity: Quantity, role: Role, value: number, space?: string) =>
      readingOf({ device, quantity, role, ...(space ? { space } : {}) }, at(20), value);
    return [
      readingOf(
        { device: 'out', quantity: 'outdoorTemperatureC', role: 'outdoor', building: 'b2' },
        at(10),
        outdoorC,
      ),
      of('heat', 'heatPowerW', 'heatMain', heat + (heatW?.(now) ?? 0)),
      of('heat', 'flowLph', 'heatMain', (heat / 46) * (flow?.(now) ?? 1)),
      of(
        'heat',
        'returnTemperatureC',
        'heatMain',
        38 - outdoorC / 4 + 0.4 * random() + (returnC?.(now) ?? 0),
      ),
      of(
        'el',
        'activePowerW',
        'electricityMain',
        9000 + 400 * random() + (isNight ? 0 : 5000) + (baseW?.(now) ?? 0),
      ),
      ...rooms.flatMap((space, i) => [
        of(`room-${i}`, 'co2Ppm', 'room', 420 + 500 * (0.9 + 0.2 * random()) * (air?.(now) ?? 1), space),
        of(
          `room-${i}`,
          'airTemperatureC',
          'room',
          21 + i / 3 + 0.1 * random() + (roomC?.(now, i) ?? 0),
          space,
        ),
      ]),
    ];
  }).flat();
}

const types = [
  'circulation-stopped',
  'heating-and-cooling',
  'heating-curve',
  'low-delta-t',
  'night-setback',
  'radiator-valve',
  'ventilation-all-night',
];
const judge = (readings: readonly Reading[]) => judgeBy(readings, { types, register });
const told = (changes: readonly AlertChange[]) =>
  changes.map(
    ({ alert: { rule, state }, atMs }) => `${rule} ${state} ${Math.floor((atMs - T0) / HOUR / 24)}`,
  );

const exchangeMs = (day: number) => T0 + day * 24 * HOUR;
const exchangeAt = (day: number) => {
  const meter = { model: 'kvarter', building: 'b1', role: 'heatMain' } as const;
  return registerOf(
    [{ id: 'b1' }, { id: 'b2' }],
    [
      { ...meter, id: 'heat', replacedBy: 'heat-2', countsToMs: exchangeMs(day) },
      { ...meter, id: 'heat-2', countsFromMs: exchangeMs(day) },
    ],
  );
};
const withHeatMeterOf = (readings: readonly Reading[], day: number) =>
  readings.map((reading) => {
    const { role, quantity } = reading.point;
    if (role !== 'heatMain' || reading.atMs < exchangeMs(day)) return reading;
    return readingOf({ device: 'heat-2', quantity, role }, reading.atMs, reading.value);
  });

/** From noon of day 20 to noon of day 24. */
const isWrong = ({ day, hour }: Hour) => day * 24 + hour >= 20 * 24 + 12 && day * 24 + hour < 24 * 24 + 12;

const isNight = ({ hour }: Hour) => hour >= 23 || hour < 5;
/** The night to a Sunday or a Monday; the first day is a Monday. */
const isAfterFreeDay = ({ day, hour }: Hour) => [6, 0].includes((hour < 12 ? day : day + 1) % 7);

/** What a house that is warmer takes more of. */
const moreHeat = (now: Hour) => (isWrong(now) ? 2000 : 0);

describe('rules that judge a house day by day', () => {
  it('say nothing of ordinary days, whatever the weather', () => {
    expect(told(judge(house(32)))).toEqual([]);
  });

  it('tell of a heating curve when all rooms are too warm for the weather, and of its end', () => {
    const changes = judge(house(28, { roomC: (now) => (isWrong(now) ? 1.2 : 0), heatW: moreHeat }));
    expect(told(changes)).toEqual(['heating-curve firing 22', 'heating-curve resolved 25']);
    expect(changes[0]?.alert).toMatchObject({
      facts: { rooms: 3 },
      title: expect.stringMatching(/too high: rooms at 22\.\d °C instead of 21\.\d °C/),
    });
    expect(changes[0]?.alert.detail).toMatch(/^Since 2026-02-01T04.*curve or its parallel shift/s);
  });

  it('take no sunny days for a heating curve: rooms are warm then, and take less heat by night', () => {
    const sunny = { roomC: (now: Hour) => (isWrong(now) ? 1.2 : 0), heatW: (now: Hour) => -moreHeat(now) };
    expect(told(judge(house(28, sunny))).filter((one) => one.startsWith('heating-curve'))).toEqual([]);
  });

  it('tell of a heating curve by what is common to rooms that say little, and after sensors of two of them drifted', () => {
    const heatW = (now: Hour) => (isWrong(now) || now.day >= 40 ? 2000 : 0);
    const curve = (days: number, roomC: House['roomC']) =>
      told(judge(house(days, roomC && { roomC, heatW }))).filter((one) => one.startsWith('heating-curve'));
    expect(curve(28, (now, room) => (isWrong(now) ? ([0.45, 1, 0.45][room] ?? 0) : 0))).toEqual([
      'heating-curve firing 22',
      'heating-curve resolved 25',
    ]);
    const drift = (day: number, fromDay: number) =>
      day >= fromDay && day < fromDay + 10 ? day - fromDay : 0;
    const drifted = ({ day }: Hour, room: number) =>
      (room < 2 ? drift(day, 14 + 11 * room) : 0) + (day >= 40 && day < 44 ? 0.7 : 0);
    expect(curve(46, drifted)).toEqual(['heating-curve firing 41', 'heating-curve resolved 44']);
  });

  it('tell of a valve, and not of the curve, when one room is off', () => {
    const warm = judge(house(28, { roomC: (now, room) => (isWrong(now) && room === 1 ? 1 : 0) }));
    expect(told(warm)).toEqual(['radiator-valve firing 22', 'radiator-valve resolved 26']);
    expect(warm[0]?.alert).toMatchObject({
      space: 'lgh-2',
      title: expect.stringContaining('stuck open in lgh-2'),
    });
    const drifting = ({ day, hour }: Hour) => Math.min(Math.max(day + hour / 24 - 20.5, 0), 8);
    for (const roomC of [3, undefined]) {
      const off = (now: Hour, room: number) =>
        room === 1 ? (roomC === undefined ? drifting(now) : isWrong(now) ? roomC : 0) : 0;
      expect(told(judge(house(28, { roomC: off })))).toEqual([]);
    }
    const cold = judge(house(28, { roomC: (now, room) => (isWrong(now) && room === 0 ? -2 : 0) }));
    expect(cold[0]?.alert.title).toMatch(/stuck closed in lgh-1: 2\.?\d* °C colder/);
  });

  it('tell of a valve that warms a room a little, when it began at once and stays for three days', () => {
    const warmer = (roomC: (now: Hour) => number, room = 1) =>
      told(judge(house(28, { roomC: (now, of) => (of === room ? roomC(now) : 0) })));
    expect(warmer((now) => (isWrong(now) ? 0.22 : 0))).toEqual([
      'radiator-valve firing 23',
      'radiator-valve resolved 25',
    ]);
    expect(warmer(({ day }) => Math.max(day - 14, 0) * 0.02)).toEqual([]);
    // One that gets colder makes the two others warmer beside it.
    expect(warmer((now) => (isWrong(now) ? -0.45 : 0))).toEqual([]);
  });

  it.each([12, -12])(
    'tell of no valve when a sensor that was off by %s °C from the start is mended',
    (offC) => {
      const off = ({ day }: Hour, room: number) => (room === 1 && day < 18 ? offC : 0);
      expect(told(judge(house(40, { roomC: off })))).toEqual([]);
    },
  );

  it('tell of heating and cooling at once by electricity and heat together, not by one of them', () => {
    const cooling = { baseW: (now: Hour) => (isWrong(now) ? 5000 : 0) };
    const both = { ...cooling, heatW: (now: Hour) => (isWrong(now) ? 15_000 : 0) };
    const changes = judge(house(28, both));
    expect(told(changes).filter((one) => one.startsWith('heating'))).toEqual([
      'heating-and-cooling firing 22',
      'heating-and-cooling resolved 25',
    ]);
    expect(changes[0]?.alert.title).toMatch(/5\.?\d* kW more electricity by night/);
    expect(told(judge(house(28, cooling))).filter((one) => one.startsWith('heating'))).toEqual([]);
  });

  it('tell of a night set-back that is lost', () => {
    const changes = judge(
      house(28, {
        heatW: (now) =>
          isWrong(now) && (now.hour >= 23 || now.hour < 5) ? 0.3 * 2000 * (20 - now.outdoorC) : 0,
      }),
    );
    expect(told(changes)[0]).toBe('night-setback firing 22');
    expect(changes[0]?.alert.title).toMatch(
      /^Night set-back lost: \d+ % of the usual fall of heat by night is left/,
    );
  });

  it('tell of a set-back that is lost where fans rest at night as well, by the shape of the night', () => {
    // Of a school: the night takes half of the day, set back or not, and so does the evening.
    const school = (isLost: (now: Hour) => boolean) => (now: Hour) => {
      const needW = 2000 * (20 - now.outdoorC);
      const isNight = now.hour >= 23 || now.hour < 5;
      if (!isNight) return now.hour > 5 && now.hour < 19 ? needW : 0;
      return isLost(now) ? 0.3 * needW + 4000 : now.hour === 23 ? -0.65 * needW : 0;
    };
    expect(told(judge(house(32, { heatW: school(() => false) })))).toEqual([]);
    const readings = house(28, { heatW: school(isWrong) });
    expect(told(judge(readings))[0]).toMatch(/^night-setback firing 2[23]$/);
    const exchanged = judgeBy(withHeatMeterOf(readings, 3), { types, register: exchangeAt(3) });
    expect(told(exchanged)[0]).toMatch(/^night-setback firing 2[23]$/);
  });

  it('tell of a set-back that is lost by rooms that no longer cool, where the heat meter shows nothing of it', () => {
    const cooling = (now: Hour) => (now.hour >= 23 || now.hour < 5 ? (isWrong(now) ? -0.3 : -0.6) : 0);
    const nights = judge(house(28, { roomC: cooling })).filter(({ alert }) => alert.rule === 'night-setback');
    expect(told(nights)).toEqual(['night-setback firing 22', 'night-setback resolved 25']);
    expect(nights[0]?.alert.title).toBe('Night set-back lost: the rooms cool by 0.3 °C instead of 0.6 °C');
  });

  it('tell of a set-back that is lost by the shape of the night, where rooms cool as they used to', () => {
    const cooling = ({ hour }: Hour) => (hour >= 23 || hour < 5 ? -0.6 : 0);
    const heatW = (now: Hour) =>
      isWrong(now) && (now.hour >= 23 || now.hour < 5) ? 0.3 * 2000 * (20 - now.outdoorC) : 0;
    expect(told(judge(house(28, { roomC: cooling, heatW })))[0]).toBe('night-setback firing 22');
  });

  it('tell of a set-back that is lost in nights so mild that they usually take no heat, and of none that takes none', () => {
    const spring = (lostW: number) =>
      house(28, {
        heatW: (now) =>
          now.hour >= 23 || now.hour < 5
            ? 2000 - 0.7 * 2000 * (20 - now.outdoorC) + (isWrong(now) ? lostW : 0)
            : -0.8 * 2000 * (20 - now.outdoorC),
      }).map((reading) =>
        reading.point.quantity === 'outdoorTemperatureC'
          ? { ...reading, value: reading.value + 14 }
          : reading,
      );
    const changes = judge(spring(6000)).filter(({ alert }) => alert.rule === 'night-setback');
    expect(told(changes)).toEqual(['night-setback firing 22', 'night-setback resolved 25']);
    expect(changes[0]?.alert.title).toMatch(
      /^Night set-back lost: \d\.\d\skW of heat in a mild night instead of 1\.\d\skW$/,
    );
    expect(told(judge(spring(0))).filter((one) => one.startsWith('night'))).toEqual([]);
  });

  it('take no set-back for lost where the day rests, or a heat pump gives way to the district', () => {
    const needW = (now: Hour) => 2000 * (20 - now.outdoorC);
    const resting = (now: Hour) => (isWrong(now) ? (isNight(now) ? 0.02 : -0.4) * needW(now) : 0);
    const district = (now: Hour) => (isNight(now) ? (isWrong(now) ? 1.5 : -0.6) * needW(now) : 0);
    for (const heatW of [resting, district])
      expect(told(judge(house(28, { heatW }))).filter((one) => one.startsWith('night'))).toEqual([]);
  });

  it('take no night after a free day for one without a set-back, where a house that has rested cools by less', () => {
    const cooling = (now: Hour) => (!isNight(now) ? 0 : isAfterFreeDay(now) ? -0.1 : -0.6);
    expect(told(judge(house(42, { roomC: cooling })))).toEqual([]);
  });

  it('take no night that has all of the usual shape for one without a set-back, where such nights have more', () => {
    const heatW = (now: Hour) =>
      isNight(now) && isAfterFreeDay(now) && now.day < 33 ? -0.45 * 2000 * (20 - now.outdoorC) : 0;
    expect(told(judge(house(42, { heatW })))).toEqual([]);
  });

  it('tell of a circulation that stands still after one night, with what Legionella needs', () => {
    const changes = judge(house(28, { returnC: (now) => (isWrong(now) ? -3 : 0) }));
    expect(told(changes)).toEqual(['circulation-stopped firing 21', 'circulation-stopped resolved 25']);
    expect(changes[0]?.alert.detail).toContain('Legionella');
  });

  it('call no return usual that was never seen, though nothing flows any more', () => {
    const flow = (now: Hour) => (isWrong(now) ? 0.001 : 1 + 0.3 * Math.sin(now.day));
    const returnC = (now: Hour) => (isWrong(now) ? -18 : 10 / flow(now) - 10);
    const [change] = judge(house(28, { flow, returnC }));
    expect(change?.alert).toMatchObject({ rule: 'circulation-stopped' });
    expect(change?.alert.facts.usual).toBeLessThan(60);
  });

  it('tell of a circulation that stands still where the return follows the cold of the evening before', () => {
    const evenings = Array.from({ length: 29 }, (_, day) => 16 * (seededUniform(`evening ${day}`)() - 0.5));
    const eveningOf = ({ day, hour }: Pick<Hour, 'day' | 'hour'>) => evenings[hour < 12 ? day : day + 1] ?? 0;
    const own = house(28, { returnC: (now) => 0.5 * eveningOf(now) + (isWrong(now) ? -3 : 0) });
    const changes = judge(
      own.map((reading) => {
        const hours = Math.floor((reading.atMs - T0) / HOUR);
        const now = { day: Math.floor(hours / 24), hour: hours % 24 };
        return reading.point.quantity === 'outdoorTemperatureC' && now.hour >= 17 && now.hour < 23
          ? { ...reading, value: reading.value + eveningOf(now) }
          : reading;
      }),
    );
    expect(told(changes).filter((one) => one.startsWith('circulation'))).toEqual([
      'circulation-stopped firing 21',
      'circulation-stopped resolved 25',
    ]);
  });

  it('take no return for a cold circulation in a house whose return was warmer by as much of late', () => {
    const restless = (warmC: number) => (now: Hour) =>
      isWrong(now) ? -3 : now.day >= 14 && now.day < 20 ? (1 + (now.day % 2)) * warmC : 0;
    const of = (warmC: number) =>
      told(judge(house(28, { returnC: restless(warmC) }))).filter((one) => one.startsWith('circulation'));
    expect(of(0)[0]).toBe('circulation-stopped firing 21');
    expect(of(1.5)).toEqual([]);
  });

  it('take a return for colder by the radiators, and not by the circulation, when more heat is taken', () => {
    const warm = (now: Hour) => (isWrong(now) ? 0.5 * 2000 * (20 - now.outdoorC) : 0);
    const changes = judge(house(28, { returnC: (now) => (isWrong(now) ? -3 : 0), heatW: warm }));
    expect(told(changes).filter((one) => one.startsWith('circulation'))).toEqual([]);
  });

  it('count no heat as more that the same water gave up because it went back colder', () => {
    const own = (now: Hour) => (isWrong(now) ? 1.16 * 600 * 6 : 0);
    const changes = judge(house(28, { returnC: (now) => (isWrong(now) ? -6 : 0), heatW: own }));
    expect(told(changes)).toEqual(['circulation-stopped firing 21', 'circulation-stopped resolved 25']);
  });

  it('tell of district heating that comes back too warm', () => {
    const changes = judge(house(28, { flow: (now) => (isWrong(now) ? 2.2 : 1) }));
    expect(told(changes).filter((one) => one.startsWith('low'))).toEqual([
      'low-delta-t firing 23',
      'low-delta-t resolved 26',
    ]);
    expect(changes.find(({ alert }) => alert.rule === 'low-delta-t')?.alert).toMatchObject({
      facts: { limit: 20 },
      title: expect.stringMatching(/^Low cooling of district heating: 18\.?\d* K/),
    });
  });

  it('tell of fans that run all night by electricity and air together, not by the air alone', () => {
    const fresh = (now: Hour) => (isWrong(now) ? 0.7 : 1);
    const fans = { baseW: (now: Hour) => (isWrong(now) ? 900 : 0) };
    const changes = judge(house(28, { ...fans, air: fresh }));
    expect(told(changes)[0]).toBe('ventilation-all-night firing 22');
    expect(changes[0]?.alert.detail).toMatch(/ppm of CO₂ where \d+ are usual/);
    expect(told(judge(house(28, { air: fresh })))).toEqual([]);
  });

  it('tell of large fans by the electricity alone, also where nobody sleeps and the air gets no fresher', () => {
    const stale = (now: Hour) => (isWrong(now) ? 1.5 : 1);
    const changes = judge(house(28, { baseW: (now) => (isWrong(now) ? 6000 : 0), air: stale }));
    expect(told(changes)).toContain('ventilation-all-night firing 24');
    expect(told(judge(house(28, { baseW: (now) => (isWrong(now) ? 6000 : 0) })))).toEqual([
      'ventilation-all-night firing 24',
      // With the second night without them.
      'ventilation-all-night resolved 26',
    ]);
  });

  it('tell of fans by air that is drier than that of other houses, where electricity and CO₂ alone say little', () => {
    const weak = house(30, {
      baseW: (now) => (isWrong(now) ? 270 : 0),
      air: (now) => (isWrong(now) ? 0.94 : 1),
    });
    const fresher = house(30, { air: (now) => (isWrong(now) ? 0.6 : 1) });
    const withHumidity = (dryer: number, isDry: (room: number) => boolean, own: readonly Reading[]) => {
      const random = seededUniform('humidity');
      return own.flatMap((reading) => {
        if (reading.point.quantity !== 'outdoorTemperatureC') return [reading];
        const hour = Math.floor((reading.atMs - T0) / HOUR);
        const now = { day: Math.floor(hour / 24), hour: hour % 24, outdoorC: reading.value, random };
        const say = (device: string, quantity: Quantity, value: number, building: string, space: string) =>
          readingOf({ device, quantity, role: 'room', building, space }, reading.atMs, value);
        return [
          reading,
          ...rooms.map((space, i) =>
            say(
              `room-${i}`,
              'relativeHumidityPct',
              (40 + random()) * (isWrong(now) && isDry(i) ? dryer : 1),
              'b1',
              space,
            ),
          ),
          ...Array.from({ length: 6 }, (_, i) => [
            say(`other-${i}`, 'airTemperatureC', 21 + 0.1 * random(), 'b2', `o${i}`),
            say(`other-${i}`, 'relativeHumidityPct', 40 + random(), 'b2', `o${i}`),
          ]).flat(),
        ];
      });
    };
    const fans = (dryer: number, isDry = (_: number) => true, own: readonly Reading[] = weak) =>
      told(judge(withHumidity(dryer, isDry, own))).filter((one) => one.startsWith('ventilation'));
    expect(fans(0.9)[0]).toMatch(/^ventilation-all-night firing 2[2-4]$/);
    expect(fans(1)).toEqual([]);
    // Who goes away dries one flat.
    expect(fans(0.75, (room) => room === 1)).toEqual([]);
    // Fans that are small beside all else are seen in the air alone, when it is both.
    expect(fans(0.8, undefined, fresher)[0]).toMatch(/^ventilation-all-night firing 2[2-4]$/);
    expect(fans(1, undefined, fresher)).toEqual([]);
    // Nights of a cold that is new say nothing of electricity where there is a heat pump, and are no reason to wait.
    const isNewCold = (day: number) => day === 21 || day === 23;
    const cold = house(30, {
      baseW: (now) => 300 * (20 - now.outdoorC) + (isWrong(now) ? 1500 : 0),
      air: (now) => (isWrong(now) ? 0.8 : 1),
    }).map((reading) =>
      reading.point.quantity === 'outdoorTemperatureC' &&
      isNewCold(Math.floor((reading.atMs - T0) / HOUR / 24))
        ? { ...reading, value: reading.value - 14 }
        : reading,
    );
    expect(fans(0.93, undefined, cold)[0]).toMatch(/^ventilation-all-night firing 2[45]$/);
  });

  it('tell of no fans when most houses take as much more, with fresher air', () => {
    const names = ['b1', 'b3', 'b4', 'b5', 'b6', 'b7', 'b8'];
    const readingsWhen = (isOne: (building: string) => boolean) =>
      names.flatMap((building) => {
        const isUp = (now: Hour) => isOne(building) && isWrong(now);
        const own = house(28, { baseW: (now) => (isUp(now) ? 900 : 0), air: (now) => (isUp(now) ? 0.7 : 1) });
        return own.map(({ point, atMs, value }) => {
          const device = `${point.device}-${building}`;
          return readingOf(
            { ...point, device, building: point.building === 'b2' ? 'b2' : building },
            atMs,
            value,
          );
        });
      });
    const houses = registerOf(
      [...names, 'b2'].map((id) => ({ id })),
      [],
    );
    const fansIn = (isOne: (building: string) => boolean) =>
      judgeBy(
        readingsWhen(isOne).toSorted((a, b) => a.atMs - b.atMs),
        { types: ['ventilation-all-night'], register: houses },
      ).flatMap(({ alert: { state, building } }) => (state === 'firing' ? [building] : []));
    expect(fansIn((building) => building === 'b5')).toEqual(['b5']);
    expect(fansIn(() => true)).toEqual([]);
  });

  it('tell of no fans when one night of much electricity makes up for the others', () => {
    const once = (now: Hour) => (now.day === 22 ? 9000 : 0);
    const changes = judge(house(28, { baseW: once, air: (now) => (isWrong(now) ? 0.9 : 1) }));
    expect(told(changes).filter((one) => one.startsWith('ventilation'))).toEqual([]);
  });

  it('take what stays as usual after four weeks', () => {
    const changes = judge(house(52, { returnC: ({ day }) => (day >= 15 ? -3 : 0) }));
    expect(told(changes)).toEqual(['circulation-stopped firing 15', 'circulation-stopped resolved 42']);
  });
});
