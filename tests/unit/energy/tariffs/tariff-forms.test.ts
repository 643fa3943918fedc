import { describe, expect, it } from 'vitest';
import { bill } from '../../../../src/energy/bills/bill.ts';
import { billJson } from '../../../../src/energy/bills/bill-json.ts';
import { compileTariffs } from '../../../../src/energy/tariffs/compile-tariff.ts';
import { billed, linesOf, loadOf, tariffOf } from '../bills/bills.ts';

const sek = (priceExVat: number, priceIncVat?: number | null) => ({
  priceExVat,
  ...(priceIncVat === undefined ? {} : { priceIncVat }),
  currency: 'SEK',
});
const everyHour = {
  peakFunction: 'peak(main)',
  peakIdentificationPeriod: 'PT1H',
  peakDuration: 'PT1H',
  numberOfPeaksForAverageCalculation: 1,
};
const powerOf = (component: object, rest: object = {}) => ({
  tariffs: [
    {
      powerPrice: { components: [{ price: sek(10), peakIdentificationSettings: everyHour, ...component }] },
      ...rest,
    },
  ],
});
const energyOf = (component: object, rest: object = {}) => ({
  tariffs: [{ energyPrice: { components: [{ price: sek(1), ...component }] }, ...rest }],
});
const january = { from: '2025-01-01', to: '2025-02-01', baseKw: 10 } as const;
const power = (component: object, load = loadOf(january)) =>
  linesOf(billed(tariffOf(powerOf(component)), load))[0];
const problems = (value: unknown) =>
  compileTariffs(value).problems.map(({ path, message }) => `${path.map(String).join('.')}: ${message}`);
const unbilled = (value: unknown, load = loadOf(january)) => {
  const made = bill(tariffOf(value), load);
  return made.ok ? 'billed' : `${made.problem.path.map(String).join('.')}: ${made.problem.message}`;
};

describe('published forms of a tariff', () => {
  const price = sek(1200, 1500);
  it.each<[what: string, fixedPrice: object]>([
    [
      'components',
      {
        costFunction: 'sum(price(c))',
        components: [{ reference: 'main', type: 'fixed', price, pricedPeriod: 'P1Y' }],
      },
    ],
    [
      'its one price straight on it',
      { id: 'x', name: 'Säkring 16 A', price, pricedPeriod: 'P1Y', validPeriod: null },
    ],
  ])('a fixed price has %s', (_, fixedPrice) => {
    expect(linesOf(billed(tariffOf({ tariffs: [{ fixedPrice }] }), loadOf(january)))).toEqual([
      'main 1 P1M 100 125',
      'sum 100 125',
    ]);
  });

  it('one tariff alone, numbers as text, nulls, moments as dates, patterns that are named', () => {
    const tariff = {
      id: '1',
      lastUpdated: '2025-04-17T09:55:00.7219459+00:00',
      validPeriod: null,
      fixedPrice: null,
      energyPrice: null,
      powerPrice: {
        costFunction: null,
        unit: 'kW',
        components: [
          {
            type: 'peak',
            price: { priceExVat: '65.0', priceIncVat: '81.25', currency: 'SEK' },
            unit: 'kW',
            url: null,
            pricedPeriod: null,
            validPeriod: { fromIncluding: '2025-01-01T00:00:00', toExcluding: '2026-01-01T00:00:00' },
            recurringPeriods: null,
            peakIdentificationSettings: everyHour,
          },
        ],
      },
    };
    const file = {
      tariff,
      calendarPatterns: [{ name: 'weekdays', frequency: 'P1W', days: [1, 2, 3, 4, 5], dates: [] }],
    };
    expect(linesOf(billed(tariffOf(file), loadOf(january)))).toEqual([
      'main 10 kW 650 812.5',
      'sum 650 812.5',
    ]);
    expect(problems({ tariff: { ...tariff, direction: 'production' } })).toEqual([
      'tariff.direction: only consumption is understood',
    ]);
  });

  it('VAT that is not given is that of the other prices, or of the country', () => {
    const file = (vat: number | null | undefined) => ({
      tariffs: [
        {
          fixedPrice: { components: [{ price: sek(100, vat), pricedPeriod: 'P1M' }] },
          energyPrice: { components: [{ price: sek(0.5, null) }] },
        },
      ],
    });
    // 7,440 kWh × 0.5 = 3,720; with 6 % 3,943.20, with 25 % 4,650.
    expect(linesOf(billed(tariffOf(file(106)), loadOf(january)))[1]).toBe('main 7440 kWh 3720 3943.2');
    expect(linesOf(billed(tariffOf(file(undefined)), loadOf(january)))[1]).toBe('main 7440 kWh 3720 4650');
  });

  it('where nothing says what the VAT is, no line and no sum has one', () => {
    const euro = (priceExVat: number) => ({ price: { priceExVat, currency: 'EUR' } });
    const spotPriceSettings = { multiplier: 2, currency: 'EUR' };
    const file = {
      energyPrice: { components: [euro(1), { ...euro(0.05), type: 'spot', spotPriceSettings }] },
      powerPrice: { components: [{ ...euro(10), peakIdentificationSettings: everyHour }] },
    };
    const load = loadOf(january);
    const spot = { fromMs: load.fromMs, spacingMs: load.spacingMs, price: load.kw.map(() => 0.1) };
    const { periods, cost } = billJson(billed(tariffOf({ tariffs: [file] }), load, { spot }));
    // 7,440 kWh × 1, 7,440 kWh × (0.05 + 2 × 0.1), 10 kW × 10.
    expect(periods[0]?.components.map((line) => [line.cost, line.costIncVat, line.priceIncVat])).toEqual([
      [7440, null, null],
      [1860, null, null],
      [100, null, null],
    ]);
    expect(cost).toEqual({ exVat: 9400, incVat: null });
  });

  it('half an öre is a whole one, of small amounts too', () => {
    const load = loadOf({ from: '2025-01-01', to: '2025-02-01', baseKw: 0, kw: { '2025-01-01 00:00': 1 } });
    // 1 kWh × 0.045, × 1.25 = 0.05625; 1 kWh × 0.005 = half an öre.
    expect(linesOf(billed(tariffOf(energyOf({ price: sek(0.045) })), load))[0]).toBe('main 1 kWh 0.05 0.06');
    expect(linesOf(billed(tariffOf(energyOf({ price: sek(0.005, 0.005) })), load))[0]).toBe(
      'main 1 kWh 0.01 0.01',
    );
  });

  it('energy is counted by what each interval lasts', () => {
    // 10 kW for 744 hours, and 60 kW in place of it for one quarter-hour: 7,452.5 kWh.
    const quarters = loadOf({ ...january, minutes: 15, kw: { '2025-01-07 08:15': 60 } });
    expect(linesOf(billed(tariffOf(energyOf({})), quarters))[0]).toBe('main 7452.5 kWh 7452.5 9315.63');
  });

  it('prices that are given with VAT only are less by the VAT that is known', () => {
    const withVat = (priceIncVat: number | string, currency = 'SEK') => ({ priceIncVat, currency });
    const file = (currency: string, rest: object = {}) => ({
      tariffs: [
        {
          fixedPrice: { components: [{ price: withVat('365', currency), pricedPeriod: 'P1M' }] },
          energyPrice: { components: [{ price: withVat(0.26, currency) }] },
          ...rest,
        },
      ],
    });
    // 365 / 1.25 = 292; 7,440 kWh × 0.26 = 1,934.40, / 1.25 = 1,547.52.
    const lines = ['main 1 P1M 292 365', 'main 7440 kWh 1547.52 1934.4', 'sum 1839.52 2299.4'];
    expect(linesOf(billed(tariffOf(file('SEK')), loadOf(january)))).toEqual(lines);
    const vat = { 'x-kvarter': { vatPct: 25 } };
    expect(linesOf(billed(tariffOf(file('EUR', vat)), loadOf(january)))).toEqual(lines);
    const why =
      'is missing, and the VAT in priceIncVat is not known: give it, or x-kvarter.vatPct of the tariff';
    expect(problems(file('EUR'))).toEqual(
      ['fixedPrice', 'energyPrice'].map((name) => `tariffs.0.${name}.components.0.price.priceExVat: ${why}`),
    );
  });

  it.each<[price: object, problem: string]>([
    [{ currency: 'SEK' }, 'price.priceExVat: is missing'],
    [{ priceExVat: '1,5', currency: 'SEK' }, 'price.priceExVat: must be a number, with a decimal point'],
  ])('a price %o is refused', (price, problem) => {
    expect(problems(energyOf({ price }))).toEqual([`tariffs.0.energyPrice.components.0.${problem}`]);
  });
});

it('of several tariffs in a file, one that is not understood keeps no other from being billed', () => {
  const good = powerOf({}).tariffs[0];
  const { tariffs, problems: found } = compileTariffs({
    tariffs: [
      { ...good, product: 'A' },
      { product: 'B', name: 'Bee', id: '7', powerPrice: { components: [{ type: 'dynamic' }] } },
      good,
    ],
    calendarPatterns: null,
  });
  expect(tariffs.map(({ names, tariff }) => [names, tariff?.power.length])).toEqual([
    [['A'], 1],
    [['B', 'Bee', '7'], undefined],
    [[], 1],
  ]);
  expect(found.map(({ path }) => path.join('.'))).toEqual(['tariffs.1.powerPrice.components.0.price']);
  expect(problems({ tariffs: [good, { ...good, billingPeriod: 'P1W' }] })).toEqual([
    'tariffs.1.billingPeriod: must be whole months or years, such as P1M or P1Y',
  ]);
  expect(problems({ tariffs: [good], calendarPatterns: [{ days: [8] }] })[0]).toMatch(
    'calendarPatterns.0.days.0: ',
  );
});

it('what is billed as it stands, and can hardly be meant so, is noted in the bill', () => {
  const settings = { ...everyHour, peakIdentificationPeriod: 'P1M', numberOfPeaksForAverageCalculation: 3 };
  const [day, night] = ['06:00', '22:00'].map((fromIncluding, i) => ({
    reference: i === 0 ? 'main' : 'night',
    frequency: 'P1D',
    activePeriods: [{ fromIncluding, toExcluding: i === 0 ? '22:00' : '06:00' }],
  }));
  const notesOf = (component: object) =>
    billed(tariffOf(powerOf(component)), loadOf(january)).periods.flatMap(({ notes }) => notes);
  expect(notesOf({ peakIdentificationSettings: settings, recurringPeriods: [day, night] })).toEqual([
    'main: the recurring period night is not in the peakFunction, so its peaks are not billed',
    'main: the mean of 3 peaks is that of 1: peakIdentificationPeriod P1M gives no more (P1D: each on another day)',
  ]);
  const right = {
    ...settings,
    peakFunction: 'max(peak(main),peak(night)/2)',
    peakIdentificationPeriod: 'P1D',
  };
  expect(notesOf({ peakIdentificationSettings: right, recurringPeriods: [day, night] })).toEqual([]);
});

it('energy at times for which there is no price is noted in the bill, and so is a price in hundredths', () => {
  const notesOf = (...components: object[]) => {
    const file = { tariffs: [{ energyPrice: { components } }] };
    return billed(tariffOf(file), loadOf(january)).periods.flatMap(({ notes }) => notes);
  };
  const day = { frequency: 'P1D', activePeriods: [{ fromIncluding: '06:00', toExcluding: '22:00' }] };
  const daily = { price: sek(0.5), recurringPeriods: [{ reference: 'main', ...day }] };
  // Eight hours of 31 nights at 10 kW.
  expect(notesOf(daily)).toEqual(['no energy price holds at the time of 2480 kWh: they cost nothing']);
  expect(notesOf(daily, { reference: 'tax', price: sek(0.4) })).toEqual([]);
  expect(notesOf({ price: sek(0.4), 'x-kvarter': { months: [7] } })).toEqual([
    'no energy price holds at the time of 7440 kWh: they cost nothing',
  ]);
  expect(notesOf({ price: sek(38.6) })).toEqual([
    'main: 38.6 SEK per kWh is a lot: prices are not in hundredths',
  ]);
});

describe('the efficiencyPrice of district heating', () => {
  const volume = {
    costFunction: 'sum(volume(c)*price(c))',
    components: [{ reference: 'flow', measurementMethod: 'volume', unit: 'm3', price: sek(3) }],
  };
  const heat = (efficiencyPrice: unknown) =>
    energyOf(
      { price: sek(500), unit: 'MWh' },
      { ...(efficiencyPrice === undefined ? {} : { efficiencyPrice }) },
    );

  it.each<[what: string, value: unknown]>([
    ['none', undefined],
    ['null', null],
    ['no components', { costFunction: null, components: [] }],
  ])('is nothing where there is %s', (_, value) => {
    expect(linesOf(billed(tariffOf(heat(value)), loadOf(january)))).toEqual([
      'main 7440 kWh 3720 4650',
      'sum 3720 4650',
    ]);
  });

  it('by volume is a price of flow, and a mistake in it is named where it stands', () => {
    const load = { ...loadOf(january), m3: new Float64Array(744).fill(0.5) };
    expect(linesOf(billed(tariffOf(heat(volume)), load))).toEqual([
      'main 7440 kWh 3720 4650',
      'flow 372 m3 1116 1395',
      'sum 4836 6045',
    ]);
    const [component] = volume.components;
    const wrong = { ...volume, components: [{ ...component, price: sek(3), discount: 5 }] };
    expect(problems(heat(wrong))[0]).toMatch('tariffs.0.efficiencyPrice.components.0.discount: ');
  });

  const byReturn = { reference: 'return', measurementMethod: 'returnTemperature', price: sek(7) };
  const temperature = { referenceC: 45 };
  const byDegrees = 'sum(energy(c)*temperatureDeviation(c)*price(c))';
  it('by return temperature is a price per degree and MWh, once it says what it is compared with', () => {
    const load = {
      ...loadOf(january),
      m3: new Float64Array(744).fill(0.5),
      returnC: new Float64Array(744).fill(50),
    };
    const said = {
      ...byReturn,
      returnTemperatureSettings: {},
      measurementPeriod: 'P1M',
      'x-kvarter': { temperature },
    };
    // 7.44 MWh × 5 °C × 7.
    expect(linesOf(billed(tariffOf(heat({ costFunction: byDegrees, components: [said] })), load))[1]).toBe(
      'return 37200 kWh·°C 260.4 325.5',
    );
    expect(problems(heat({ costFunction: byDegrees, components: [byReturn] }))).toEqual([
      'tariffs.0.efficiencyPrice.components.0.x-kvarter.temperature.referenceC: must be a temperature in °C, one for each month: {"2025-01": 43.2}, or by the supply: {"bySupplyC": [[60, 39], [72, 30]]}',
    ]);
  });

  it.each<[costFunction: string | null, component: object, says: string]>([
    [
      'sum(volume(c)*price(c))',
      byReturn,
      'returnTemperature does not go with the costFunction sum(volume(c)*price(c)): sum(energy(c)*temperatureDeviation(c)*price(c)) does',
    ],
    [
      byDegrees,
      { ...byReturn, measurementMethod: 'volume' },
      `volume does not go with the costFunction ${byDegrees}: sum(volume(c)*price(c)) does`,
    ],
    [null, { ...byReturn, measurementMethod: 'guess' }, 'must be volume or returnTemperature'],
  ])('of %s with %j is refused', (costFunction, component, says) => {
    expect(problems(heat({ costFunction, components: [component] }))).toEqual([
      `tariffs.0.efficiencyPrice.components.0.measurementMethod: ${says}`,
    ]);
  });
});

describe('peaks', () => {
  const kw = { '2025-01-07 08:00': 60, '2025-01-07 09:00': 50, '2025-01-08 23:00': 40 };
  const load = loadOf({ ...january, kw });
  const settings = (rest: object) => ({ peakIdentificationSettings: { ...everyHour, ...rest } });
  it.each<[what: string, component: object, line: string]>([
    ['the month’s highest hour', {}, 'main 60 kW 600 750'],
    ['two highest hours', settings({ numberOfPeaksForAverageCalculation: 2 }), 'main 55 kW 550 687.5'],
    [
      'two days',
      settings({ numberOfPeaksForAverageCalculation: 2, peakIdentificationPeriod: 'P1D' }),
      'main 50 kW 500 625',
    ],
    [
      'one a month has no three',
      settings({ numberOfPeaksForAverageCalculation: 3, peakIdentificationPeriod: 'P1M' }),
      'main 60 kW 600 750',
    ],
    ['what is above 4 kW', settings({ peakFunction: 'max(avg(main) - 4, 0)' }), 'main 56 kW 560 700'],
    ['at most 45 kW', settings({ peakFunction: 'min(peak(main), 45)' }), 'main 45 kW 450 562.5'],
    [
      'twice, and 3 kW more',
      settings({ peakFunction: '2 * (peak(main) + 1) + 1' }),
      'main 123 kW 1230 1537.5',
    ],
    // Above 30 kW the second line is the higher one: 2 × 60 − 30 = 90.
    [
      'the higher of two lines',
      settings({ peakFunction: 'max(peak(main), 2 * peak(main) - 30)' }),
      'main 90 kW 900 1125',
    ],
    [
      'the lower of two lines',
      settings({ peakFunction: 'min(peak(main), 2 * peak(main) - 30)' }),
      'main 60 kW 600 750',
    ],
    [
      'a line and the higher of two',
      settings({ peakFunction: 'peak(main) + max(peak(main), 2 * peak(main) - 30)' }),
      'main 150 kW 1500 1875',
    ],
    ['the same twice over', settings({ peakFunction: 'peak(main) + peak(main)' }), 'main 120 kW 1200 1500'],
    ['less of it', settings({ peakFunction: '3 * peak(main) - peak(main)' }), 'main 120 kW 1200 1500'],
    [
      'half of what is with more',
      settings({ peakFunction: '(peak(main) + 10) / 2' }),
      'main 35 kW 350 437.5',
    ],
    [
      'with more, up to a limit',
      settings({ peakFunction: 'min(peak(main) + 5, 100)' }),
      'main 65 kW 650 812.5',
    ],
    [
      'daily means by another name',
      settings({ peakDuration: 'P1D', peakIdentificationPeriod: 'PT24H' }),
      'main 13.75 kW 137.5 171.88',
    ],
    [
      'daily means',
      settings({ peakDuration: 'P1D', peakIdentificationPeriod: 'P1D' }),
      'main 13.75 kW 137.5 171.88',
    ],
    [
      'half days',
      settings({ peakDuration: 'PT12H', peakIdentificationPeriod: 'PT12H' }),
      'main 17.5 kW 175 218.75',
    ],
    ['a price for a year', { pricedPeriod: 'P1Y', price: sek(120) }, 'main 60 kW 600 750'],
  ])('%s', (_, component, line) => {
    expect(power(component, load)).toBe(line);
  });

  const high = { reference: 'high', activePeriods: [{ fromIncluding: '22:00', toExcluding: '06:00' }] };
  const main = { reference: 'main', activePeriods: [] };
  it('a period over midnight', () => {
    expect(power({ recurringPeriods: [high], ...settings({ peakFunction: 'peak(high)' }) }, load)).toBe(
      'main 40 kW 400 500',
    );
  });

  // By day 60, by night 40: 60 + 40/2, whichever is named first.
  it.each(['peak(main)+peak(high)/2', 'peak(high)/2+peak(main)', 'max(peak(main)+peak(high)/2, peak(main))'])(
    'peaks of two periods put together, each the highest of its own: %s',
    (peakFunction) => {
      const together = settings({ peakFunction, peakIdentificationPeriod: 'P1M' });
      const tariff = tariffOf(powerOf({ recurringPeriods: [high, main], ...together }));
      const [line] = billed(tariff, load).periods[0]?.lines ?? [];
      // The highest hour of all is shown of it.
      expect([line?.cost.exVat, line?.peaks?.map((peak) => [peak.kw, peak.weightedKw])]).toEqual([
        800,
        [[60, 80]],
      ]);
    },
  );

  it('that are fewer than are averaged count by themselves', () => {
    const date = { include: ['2025-01-07'] };
    const morning = { fromIncluding: '08:00', toExcluding: '10:00', calendarPatternReferences: date };
    const component = {
      recurringPeriods: [{ reference: 'main', activePeriods: [morning] }],
      ...settings({ numberOfPeaksForAverageCalculation: 3 }),
    };
    expect(power(component, load)).toBe('main 55 kW 550 687.5');
  });

  it('several recurring periods of one name are one; names may have any letters', () => {
    const at = (fromIncluding: string, toExcluding: string) => ({
      reference: 'hög',
      activePeriods: [{ fromIncluding, toExcluding }],
    });
    const hög = {
      recurringPeriods: [at('05:00', '06:00'), at('09:00', '10:00')],
      ...settings({ peakFunction: 'peak(hög)' }),
    };
    expect(power(hög, load)).toBe('main 50 kW 500 625');
  });

  it('a yearly bill of the highest peak of each of three months', () => {
    const component = {
      price: sek(120),
      ...settings({ peakIdentificationPeriod: 'P1M', numberOfPeaksForAverageCalculation: 3 }),
    };
    const year = loadOf({
      from: '2025-01-01',
      to: '2026-01-01',
      baseKw: 10,
      kw: { '2025-01-07 08:00': 60, '2025-01-08 08:00': 59, '2025-03-07 08:00': 50 },
    });
    const tariff = tariffOf(powerOf(component, { billingPeriod: 'P1Y', timeZone: null, direction: null }));
    // (60 + 50 + 10) / 3 = 40 kW × 120 kr a year.
    expect(linesOf(billed(tariff, year))).toEqual(['main 40 kW 4800 6000', 'sum 4800 6000']);
    // One a year has no three.
    const once = settings({ peakIdentificationPeriod: 'P1Y', numberOfPeaksForAverageCalculation: 3 });
    const yearly = tariffOf(powerOf({ price: sek(120), ...once }, { billingPeriod: 'P1Y' }));
    expect(linesOf(billed(yearly, year))[0]).toBe('main 60 kW 7200 9000');
    expect(yearly.power[0]?.peaks).toBe(1);
  });

  it('by the quarter of the year: a bill for each three months, of their own peaks', () => {
    const file = powerOf(
      { pricedPeriod: 'P1M' },
      {
        billingPeriod: 'P3M',
        fixedPrice: { components: [{ price: sek(100), pricedPeriod: 'P1M' }] },
      },
    );
    const half = loadOf({ from: '2025-01-01', to: '2025-07-01', baseKw: 10, kw: { '2025-05-07 08:00': 60 } });
    const made = billed(tariffOf(file), half);
    expect(made.periods.map(({ fromMs }) => fromMs)).toEqual(
      ['2025-01-01T00:00+01:00', '2025-04-01T00:00+02:00'].map((text) => Date.parse(text)),
    );
    // Three months of 100 kr, and of 10 kr/kW for the highest hour of the three.
    expect(linesOf(made)).toEqual(['main 1 P3M 300 375', 'main 10 kW 300 375', 'sum 600 750']);
    expect(linesOf(made, 1)).toEqual(['main 1 P3M 300 375', 'main 60 kW 1800 2250', 'sum 2100 2625']);
    // A year looked back on is four such bills.
    const back = billed(
      tariffOf(powerOf({ 'x-kvarter': { lookBack: 'P12M' } }, { billingPeriod: 'P3M' })),
      half,
    );
    expect(back.periods[1]?.notes).toEqual([
      'main: the load has 2 of the 4 billing periods that are looked back on',
    ]);
  });

  it('a year’s fixed price is one of a year', () => {
    const fixedPrice = { components: [{ price: sek(100), pricedPeriod: 'P1M' }] };
    const year = loadOf({ from: '2025-01-01', to: '2026-01-01', baseKw: 10 });
    const made = billed(tariffOf({ tariffs: [{ billingPeriod: 'P1Y', fixedPrice }] }), year);
    expect(linesOf(made)[0]).toBe('main 1 P1Y 1200 1500');
  });

  it('quarter-hours, and hours of them', () => {
    const quarters = loadOf({
      ...january,
      minutes: 15,
      kw: { '2025-01-07 08:15': 100, '2025-01-07 09:00': 50 },
    });
    expect(power({}, quarters)).toBe('main 50 kW 500 625');
    expect(power(settings({ peakDuration: 'PT15M' }), quarters)).toBe('main 100 kW 1000 1250');
    const two = settings({
      peakDuration: 'PT15M',
      peakIdentificationPeriod: 'PT15M',
      numberOfPeaksForAverageCalculation: 2,
    });
    expect(power(two, quarters)).toBe('main 75 kW 750 937.5');
    const onePerHour = settings({
      peakDuration: 'PT15M',
      peakIdentificationPeriod: 'PT1H',
      numberOfPeaksForAverageCalculation: 3,
    });
    // The highest quarter-hours of three hours, two of which follow each other: (100 + 50 + 10) / 3.
    expect(power(onePerHour, quarters)).toBe('main 53.333333 kW 533.33 666.67');
  });

  it('an hour of which the first quarter is missing is still that hour, by the mean of the rest', () => {
    const quarters = loadOf({ ...january, minutes: 15, kw: { '2025-01-07 08:00': 100 } });
    quarters.kw[(6 * 24 + 8) * 4] = Number.NaN;
    expect(power({}, quarters)).toBe('main 100 kW 1000 1250');
  });

  it('a window of which less than half is known is no peak, whatever it is followed by', () => {
    const quarters = loadOf({
      ...january,
      minutes: 15,
      kw: { '2025-01-07 08:00': 99, '2025-01-07 10:00': 50 },
    });
    const quarterOf = (hour: number) => (6 * 24 + hour) * 4;
    // Of eight o'clock a quarter is known, of ten two, and the rest of the day is missing.
    quarters.kw.fill(Number.NaN, quarterOf(8) + 1, quarterOf(9));
    quarters.kw.fill(Number.NaN, quarterOf(10) + 2, quarterOf(24));
    expect(power({}, quarters)).toBe('main 50 kW 500 625');
    // The load ends within the hour: of eleven o'clock on the last day two quarters are known, or one.
    const until = (quarter: number) => {
      const load = loadOf({ ...january, minutes: 15, kw: { '2025-01-31 11:00': 70 } });
      return { ...load, kw: load.kw.slice(0, (30 * 24 + 11) * 4 + quarter) };
    };
    expect([power({}, until(2)), power({}, until(1))]).toEqual(['main 70 kW 700 875', 'main 10 kW 100 125']);
  });

  it('reactive power is billed in the hours in which its price holds, each by the mean of what is known', () => {
    const quarters = loadOf({ ...january, minutes: 15 });
    const kvar = quarters.kw.map(() => 0);
    // Three o'clock in the night 90 kVAr; eight 20, 40, 60 and nothing known: 40 kVAr.
    kvar.fill(90, 3 * 4, 4 * 4);
    kvar.set([20, 40, 60, Number.NaN], 8 * 4);
    const day = { reference: 'day', activePeriods: [{ fromIncluding: '06:00', toExcluding: '22:00' }] };
    const component = (extension: object) => ({
      recurringPeriods: [day],
      peakIdentificationSettings: null,
      'x-kvarter': { reactive: {}, ...extension },
    });
    expect(power(component({}), { ...quarters, kvar })).toBe('main 40 kVAr 400 500');
    // In a month in which it does not hold there is no such line.
    expect(power(component({ months: [6] }), { ...quarters, kvar })).toBe('sum 0 0');
  });

  it('reactive power is billed beyond the share of the highest active power that is free', () => {
    const reactive = loadOf({ ...january, kw: { '2025-01-07 08:00': 100 } });
    const kvar = reactive.kw.map((_, i) => (i === 200 ? 70 : 5));
    const component = {
      peakIdentificationSettings: null,
      'x-kvarter': { reactive: { freeShareOfActive: 0.5 } },
    };
    // 70 kVAr, of which half of 100 kW are free.
    expect(power(component, { ...reactive, kvar })).toBe('main 20 kVAr 200 250');
    expect(power(component, { ...reactive, kvar: kvar.map(() => 30) })).toBe('main 0 kVAr 0 0');
  });

  it('of a load that is coarser than the peaks are the load’s, and it says so', () => {
    const made = billed(tariffOf(powerOf(settings({ peakDuration: 'PT15M' }))), load);
    expect([linesOf(made)[0], made.periods[0]?.notes, made.incomplete]).toEqual([
      'main 60 kW 600 750',
      ['the load is by 60 minutes, the tariff bills peaks of 15: they may be higher'],
      false,
    ]);
  });

  it('of several components of one name are each on its own line', () => {
    const components = [1, 2].map((price) => ({
      reference: 'main',
      price: sek(price),
      peakIdentificationSettings: everyHour,
    }));
    const tariff = tariffOf({ tariffs: [{ powerPrice: { components } }] });
    expect(linesOf(billed(tariff, load))).toEqual(['main 60 kW 60 75', 'main 60 kW 120 150', 'sum 180 225']);
    expect(tariff.power.map(({ key }) => key)).toEqual(['main', 'main-2']);
  });

  it('dynamic: a price for each window', () => {
    const component = {
      type: 'dynamic',
      price: sek(0.1),
      ...settings({ peakFunction: 'max(avg(main) - 40, 0)' }),
    };
    const tariff = { powerPrice: { costFunction: 'sum(power(p)*price(p))', components: [component] } };
    expect(linesOf(billed(tariffOf({ tariffs: [tariff] }), load))[0]).toBe('main 30 kW 3 3.75');
  });
});

describe('calendars', () => {
  const at = (include: string[], exclude: string[] = [], fromIncluding = '00:00', toExcluding = '00:00') => ({
    recurringPeriods: [
      { activePeriods: [{ fromIncluding, toExcluding, calendarPatternReferences: { include, exclude } }] },
    ],
  });
  const energy = (component: object, from: string, to: string, patterns: object[] = []) =>
    billed(tariffOf({ ...energyOf(component), calendarPatterns: patterns }), loadOf({ from, to, baseKw: 1 }))
      .periods[0]?.lines[0]?.quantity;

  it.each<[what: string, component: object, hours: number]>([
    ['weekdays that are no holidays: 1 and 6 January are none', at(['weekdays'], ['holidays']), 21 * 24],
    ['weekends and holidays', at(['weekends', 'holidays']), 10 * 24],
    ['a date', at(['2025-01-07']), 24],
    ['all but a date', at([], ['2025-01-07']), 30 * 24],
    ['eves', at(['eves']), 0],
    ['nights', at([], [], '22:00', '06:00'), 31 * 8],
    ['quarter-hours within hours go with where the hour begins', at([], [], '07:45', '11:15'), 31 * 4],
  ])('%s', (_, component, hours) => {
    expect(energy(component, '2025-01-01', '2025-02-01')).toBe(hours);
  });

  it('a pattern of every day holds on each', () => {
    const daily = { reference: 'daily', frequency: 'P1D' };
    expect(energy(at(['daily']), '2025-01-01', '2025-01-08', [daily])).toBe(7 * 24);
    expect(energy(at(['weekdays'], ['daily']), '2025-01-01', '2025-01-08', [daily])).toBe(0);
  });

  it('dates that the file lists count, and no others', () => {
    const holidays = { reference: 'holidays', frequency: 'P1Y', dates: ['2025-01-07', '--01-08'] };
    expect(energy(at(['holidays']), '2025-01-01', '2025-02-01', [holidays])).toBe(48);
    expect(energy(at(['holidays']), '2025-01-01', '2025-02-01', [{ ...holidays, dates: [] }])).toBe(48);
  });

  it('days of changeovers have 23 and 25 hours, of which the night has its own', () => {
    expect(energy({}, '2025-03-01', '2025-04-01')).toBe(31 * 24 - 1);
    expect(energy({}, '2025-10-01', '2025-11-01')).toBe(31 * 24 + 1);
    expect(energy(at([], [], '00:00', '06:00'), '2025-03-01', '2025-04-01')).toBe(31 * 6 - 1);
    expect(energy(at([], [], '00:00', '06:00'), '2025-10-01', '2025-11-01')).toBe(31 * 6 + 1);
    expect(energy(at([], [], '02:00', '03:00'), '2025-10-26', '2025-10-27')).toBe(2);
  });

  it('half a day ends at noon on the day of a changeover, too', () => {
    const half = {
      peakIdentificationSettings: { ...everyHour, peakDuration: 'PT12H', peakIdentificationPeriod: 'PT12H' },
    };
    const load = loadOf({
      from: '2025-10-01',
      to: '2025-11-01',
      baseKw: 0,
      kw: { '2025-10-26 11:00': 13, '2025-10-26 12:00': 12 },
    });
    const [line] = billed(tariffOf(powerOf(half)), load).periods[0]?.lines ?? [];
    expect(line?.peaks?.map(({ fromMs, toMs, kw }) => [(toMs - fromMs) / 3_600_000, kw])).toEqual([[13, 1]]);
  });
});

describe('prices that change', () => {
  const until = { fromIncluding: '2025-01-01', toExcluding: '2025-01-16' };
  const from = { fromIncluding: '2025-01-16', toExcluding: '2026-01-01' };
  it('within a month: fixed prices and power prices by the days on which they hold', () => {
    const components = [
      { reference: 'old', price: sek(31), pricedPeriod: 'P1M', validPeriod: until },
      { reference: 'new', price: sek(62), pricedPeriod: 'P1M', validPeriod: from },
    ];
    expect(linesOf(billed(tariffOf({ tariffs: [{ fixedPrice: { components } }] }), loadOf(january)))).toEqual(
      ['old 0.483871 P1M 15 18.75', 'new 0.516129 P1M 32 40', 'sum 47 58.75'],
    );
    const powers = components.map(({ reference, price, validPeriod }) => ({
      reference,
      price,
      validPeriod,
      peakIdentificationSettings: everyHour,
    }));
    const load = loadOf({ ...january, kw: { '2025-01-20 08:00': 20 } });
    expect(linesOf(billed(tariffOf({ tariffs: [{ powerPrice: { components: powers } }] }), load))).toEqual([
      'old 10 kW 150 187.5',
      'new 20 kW 640 800',
      'sum 790 987.5',
    ]);
  });

  it('a fixed price per day is paid for the days on which it holds', () => {
    const perDay = (rest: object) => ({
      tariffs: [{ fixedPrice: { components: [{ price: sek(2), pricedPeriod: 'P1D', ...rest }] } }],
    });
    const line = (rest: object) =>
      linesOf(billed(tariffOf(perDay(rest)), loadOf(january), { outside: 'nearestYear' }))[0];
    expect([line({}), line({ validPeriod: until })]).toEqual(['main 31 P1D 62 77.5', 'main 15 P1D 30 37.5']);
  });

  it('a price without an end holds in later years, not the one that it came after', () => {
    const components = [
      { reference: 'old', price: sek(31), pricedPeriod: 'P1M', validPeriod: until },
      {
        reference: 'new',
        price: sek(62),
        pricedPeriod: 'P1M',
        validPeriod: { fromIncluding: '2025-01-16', toExcluding: null },
      },
    ];
    const later = loadOf({ from: '2027-01-01', to: '2027-02-01', baseKw: 10 });
    const made = billed(tariffOf({ tariffs: [{ fixedPrice: { components } }] }), later, {
      outside: 'nearestYear',
    });
    expect(linesOf(made)).toEqual(['new 1 P1M 62 77.5', 'sum 62 77.5']);
  });

  it.each([
    // Made from July 2025 to June 2026, and dearer from New Year on.
    ['2023-08-01', '2023-09-01', 1],
    ['2024-03-01', '2024-04-01', 2],
    ['2025-03-01', '2025-04-01', 2],
    ['2025-07-01', '2025-08-01', 1],
    ['2026-09-01', '2026-10-01', 1],
    ['2027-03-01', '2027-04-01', 2],
  ])('outside its time a tariff is read as its nearest year, day for day: from %s', (from, to, price) => {
    const spans = [
      { fromIncluding: '2025-07-01', toExcluding: '2026-01-01' },
      { fromIncluding: '2026-01-01', toExcluding: '2026-07-01' },
    ];
    const components = spans.map((validPeriod, n) => ({
      price: sek(n + 1),
      pricedPeriod: 'P1M',
      validPeriod,
    }));
    const tariff = tariffOf({ tariffs: [{ fixedPrice: { components } }] });
    const made = billed(tariff, loadOf({ from, to, baseKw: 1 }), { outside: 'nearestYear' });
    expect(made.cost.exVat).toBe(price);
  });

  it('without a price for a month, there is no bill', () => {
    const closed = { validPeriod: { fromIncluding: '2024-01-01', toExcluding: '2025-01-15' } };
    expect(unbilled(powerOf({}, closed))).toBe(
      'tariffs.0.validPeriod: the tariff has no price for 2025-01-15: it is valid from 2024-01-01 until 2025-01-15',
    );
    expect(unbilled(energyOf(closed))).toBe(
      'tariffs.0.energyPrice.components: no energyPrice holds on 2025-01-15: its components are valid from 2024-01-01 until 2025-01-15',
    );
    expect(unbilled(powerOf({ validPeriod: { fromIncluding: '2025-02-01', toExcluding: null } }))).toMatch(
      /^tariffs\.0\.powerPrice\.components: no powerPrice holds on 2025-01-01/,
    );
    // What is missing in the load needs no price; one hour that is there does.
    const known = loadOf(january);
    known.kw.fill(Number.NaN, 14 * 24);
    expect(unbilled(powerOf({}, closed), known)).toBe('billed');
    known.kw[19 * 24 + 23] = 1;
    expect(unbilled(powerOf({}, closed), known)).toMatch('no price for 2025-01-20:');
    const nearest = bill(tariffOf(powerOf({}, closed)), loadOf(january), { outside: 'nearestYear' });
    expect(nearest.ok && nearest.bill.cost.exVat).toBe(100);
  });

  it('a season without a power price, within the tariff’s validity, costs nothing', () => {
    const winter = { validPeriod: { fromIncluding: '2025-12-01', toExcluding: '2026-02-28' } };
    const year = { validPeriod: { fromIncluding: '2025-01-01', toExcluding: '2026-01-01' } };
    expect(billed(tariffOf(powerOf(winter, year)), loadOf(january)).cost.exVat).toBe(0);
  });
});

describe('spot prices', () => {
  const component = {
    type: 'spot',
    price: sek(0.05, 0.0625),
    spotPriceSettings: { multiplier: 1.02, currency: 'SEK' },
  };
  it('come from a list, times the multiplier, with what is added per kWh', () => {
    // 744 kWh at 0.50 × 1.02 + 0.05 = 0.56: 416.64. Of each hour the mean of its four prices counts.
    const load = loadOf({ ...january, baseKw: 1 });
    const price = Float64Array.from({ length: 744 * 4 }, (_, i) => 0.2 + 0.2 * (i % 4));
    const spot = { fromMs: load.fromMs, spacingMs: 900_000, price };
    expect(linesOf(billed(tariffOf(energyOf(component)), load, { spot }))[0]).toBe(
      'main 744 kWh 416.64 520.8',
    );
    const short = billed(tariffOf(energyOf(component)), load, {
      spot: { ...spot, price: price.subarray(0, 400) },
    });
    const hourly = { ...spot, spacingMs: 3_600_000, price: new Float64Array(100).fill(0.5) };
    const shortByHours = billed(tariffOf(energyOf(component)), load, { spot: hourly });
    for (const made of [short, shortByHours]) {
      expect([made.incomplete, made.periods[0]?.notes, made.cost.exVat]).toEqual([
        true,
        ['the price list lacks prices for 644 kWh, which are not in the bill'],
        // 744 × 0.05 + 100 × 0.51.
        88.2,
      ]);
    }
  });

  it('cost nothing where nothing was used', () => {
    const load = loadOf({ ...january, baseKw: 0 });
    const spot = { fromMs: load.fromMs, spacingMs: load.spacingMs, price: load.kw.map(() => 0.5) };
    expect(linesOf(billed(tariffOf(energyOf(component)), load, { spot }))).toEqual([
      'main 0 kWh 0 0',
      'sum 0 0',
    ]);
  });

  it('without a list are no bill', () => {
    expect(unbilled(energyOf(component))).toBe(
      'tariffs.0.energyPrice.components.0.spotPriceSettings: a spot price is billed: a list of prices is needed (--price FILE)',
    );
  });
});

describe('what is missing in the load', () => {
  it('makes the bill incomplete, and is never idle', () => {
    const load = loadOf(january);
    load.kw.fill(Number.NaN, 0, 372);
    const made = billed(tariffOf(powerOf({})), load);
    expect([made.incomplete, made.periods[0]?.coverage, linesOf(made)[0]]).toEqual([
      true,
      0.5,
      'main 10 kW 100 125',
    ]);
    expect(made.periods[0]?.notes).toEqual([
      '50 % of the period is missing in the load: the bill may be too small',
    ]);
  });

  it('a span within a month bills the month, as far as it is known', () => {
    const span = { fromMs: Date.parse('2025-01-16T00:00+01:00'), toMs: Date.parse('2025-02-01T00:00+01:00') };
    const made = billed(tariffOf(powerOf({})), loadOf({ ...january, kw: { '2025-01-07 08:00': 99 } }), span);
    expect([made.periods.length, made.periods[0]?.coverage, linesOf(made)[0]]).toEqual([
      1,
      0.516129,
      'main 10 kW 100 125',
    ]);
    expect(made.periods[0]?.notes).toEqual([
      '48.4 % of the period is outside of the span or missing in the load: the bill may be too small',
    ]);
  });

  it('a span that ends within a day bills nothing of what comes after', () => {
    const load = loadOf({ ...january, kw: { '2025-01-16 11:00': 50, '2025-01-16 12:00': 99 } });
    const toMs = Date.parse('2025-01-16T12:00+01:00');
    expect(linesOf(billed(tariffOf(powerOf({})), load, { toMs }))[0]).toBe('main 50 kW 500 625');
  });

  it('a column that the load has not is said to be lacking, and bills nothing', () => {
    const flow = { price: sek(1.8), unit: 'm³', 'x-kvarter': { flow: true } };
    const reactive = { peakIdentificationSettings: null, 'x-kvarter': { reactive: {} } };
    const nothing = loadOf(january);
    nothing.kw.fill(Number.NaN);
    for (const [tariff, note] of [
      [energyOf(flow), 'main: the flow (m3) is not known, so it is not in the bill'],
      [powerOf(reactive), 'main: the load has no column kvar, so reactive power is not in the bill'],
    ] as const) {
      const made = billed(tariffOf(tariff), loadOf(january));
      expect([made.periods[0]?.notes, made.cost.exVat, made.incomplete]).toEqual([[note], 0, false]);
      // Of a load of which nothing is known, that is all there is to say.
      expect(billed(tariffOf(tariff), nothing).periods[0]?.notes).toEqual([
        '100 % of the period is missing in the load: the bill may be too small',
      ]);
    }
  });

  it('more billing periods than anybody needs are refused', () => {
    const options = { toMs: Date.parse('2126-01-01T00:00+01:00'), outside: 'nearestYear' } as const;
    const made = bill(tariffOf(powerOf({})), loadOf(january), options);
    expect(made.ok || made.problem.message).toBe('more than 1200 billing periods: ask for fewer');
  });

  it('heat that is corrected for cold needs the months’ degree days', () => {
    const categoryNumber = {
      hours: 1000,
      // Of January, and of the other months.
      degreeDays: { normal: [500, ...Array(11).fill(300)], actual: { '2025-01': 400 }, share: 0.8 },
    };
    const component = { peakIdentificationSettings: null, 'x-kvarter': { categoryNumber } };
    const made = billed(tariffOf(powerOf(component)), loadOf(january));
    // 7,440 kWh × (0.2 + 0.8 × 500/400) / 1,000 = 8.928 kW.
    expect([linesOf(made)[0], made.periods[0]?.notes, made.incomplete]).toEqual([
      'main 8.928 kW 89.28 111.6',
      ['main: the load has 1 of the 12 billing periods of the year'],
      true,
    ]);
    const december = billed(
      tariffOf(powerOf(component)),
      loadOf({ from: '2024-12-01', to: '2025-01-01', baseKw: 10 }),
    );
    expect([linesOf(december)[0], december.periods[0]?.notes[1]]).toEqual([
      'main 7.44 kW 74.4 93',
      'main: no degree days of 2024-12 (x-kvarter.categoryNumber.degreeDays.actual): not corrected',
    ]);
    // Of a whole year, of which those of one month are not known.
    const { normal } = categoryNumber.degreeDays;
    const months = normal.map((days, i) => [`2025-${String(i + 1).padStart(2, '0')}`, days] as const);
    const actual = Object.fromEntries(months.slice(1));
    const degreeDays = { ...categoryNumber.degreeDays, actual };
    const lacking = { ...component, 'x-kvarter': { categoryNumber: { ...categoryNumber, degreeDays } } };
    const year = billed(
      tariffOf(powerOf(lacking)),
      loadOf({ from: '2025-01-01', to: '2026-01-01', baseKw: 10 }),
    );
    expect([year.periods.at(-1)?.notes, year.periods.at(-1)?.incomplete]).toEqual([
      ['main: no degree days of 2025-01 (x-kvarter.categoryNumber.degreeDays.actual): not corrected'],
      true,
    ]);
  });
});

describe('what is not understood', () => {
  const path = 'tariffs.0.powerPrice.components.0';
  it.each<[value: unknown, says: string]>([
    [
      energyOf({ validPeriod: { fromIncluding: '2026-01-01', toExcluding: '2025-01-01T00:00:00+01:00' } }),
      'tariffs.0.energyPrice.components.0.validPeriod.toExcluding: must be after fromIncluding: it is the first day on which this no longer holds',
    ],
    [
      powerOf({ unit: 'kVAr', 'x-kvarter': { reactive: { freeShareOfActive: 50 } } }),
      'tariffs.0.powerPrice.components.0.x-kvarter.reactive.freeShareOfActive: must be a share of at most 1: 0.5 is half',
    ],
    [
      {
        tariffs: [
          {
            energyPrice: {
              components: ['EUR', 'SEK', 'SEK'].map((currency) => ({ price: { priceExVat: 1, currency } })),
            },
          },
        ],
      },
      'tariffs.0.energyPrice.components.0.price.currency: is EUR, other prices are in SEK',
    ],
    [
      powerOf({ 'x-kvarter': { subscribed: { kW: 150, excessPrice: sek(1) } } }),
      'tariffs.0.powerPrice.components.0.x-kvarter.subscribed.kW: unknown key: did you mean kw?',
    ],
    [
      energyOf({ recurringPeriod: [] }),
      'tariffs.0.energyPrice.components.0.recurringPeriod: unknown key: did you mean recurringPeriods?',
    ],
    [
      energyOf({ 'x-kvarter': { season: [1] } }),
      'tariffs.0.energyPrice.components.0.x-kvarter.season: unknown key: known here are flow, temperature, months',
    ],
    [{ tariffs: [] }, 'tariffs: a tariff file holds one tariff or more'],
    [
      { tariffs: [{ demandPrice: {} }] },
      'tariffs.0.demandPrice: unknown key: kvarter would not know what it costs; delete it, or say it with an x-kvarter field',
    ],
    [{ tariffs: [{ timeZone: 'Europe/Kalmar' }] }, 'tariffs.0.timeZone: not an IANA time zone'],
    [
      { tariffs: [{ billingPeriod: 'P1W' }] },
      'tariffs.0.billingPeriod: must be whole months or years, such as P1M or P1Y',
    ],
    [
      { tariffs: [{ fixedPrice: { price: sek(1), pricedPeriod: 'P1W' } }] },
      'tariffs.0.fixedPrice.pricedPeriod: must say what the price is for: P1M, P1Y, P1D, …',
    ],
    [energyOf({ type: 'tiered' }), 'tariffs.0.energyPrice.components.0.type: must be fixed or spot'],
    [
      energyOf({ unit: 'm3' }),
      'tariffs.0.energyPrice.components.0.unit: a price per m3 is one of flow, and the other way around: x-kvarter.flow',
    ],
    [
      energyOf({ price: { priceExVat: 2, priceIncVat: 1, currency: 'SEK' } }),
      'tariffs.0.energyPrice.components.0.price: priceIncVat is less than priceExVat',
    ],
    [
      powerOf({ type: 'dynamic', price: null }),
      `${path}.price: is missing: power prices of each moment, in a price list of the operator, are not understood`,
    ],
    [
      powerOf({ type: 'dynamic', peakIdentificationSettings: null }),
      `${path}.peakIdentificationSettings: must say the peakDuration that the price is for`,
    ],
    [
      {
        tariffs: [
          { powerPrice: { ...powerOf({}).tariffs[0]?.powerPrice, costFunction: 'sum(power(p)*price(p))' } },
        ],
      },
      `${path}.type: does not go with the costFunction sum(power(p)*price(p))`,
    ],
    [energyOf({ price: null }), 'tariffs.0.energyPrice.components.0.price: is missing'],
    [
      energyOf({ type: 'spot' }),
      'tariffs.0.energyPrice.components.0.spotPriceSettings: a spot price needs its multiplier',
    ],
    [
      powerOf({ 'x-kvarter': { lookBack: 'P3M' } }, { billingPeriod: 'P2M' }),
      `${path}.x-kvarter.lookBack: must be a whole number of billing periods`,
    ],
    [powerOf({ 'x-kvarter': { lookBack: 'P11Y' } }), `${path}.x-kvarter.lookBack: must be from P1M to P10Y`],
    [
      powerOf({ 'x-kvarter': { subscribed: { excessPrice: { priceExVat: 1, currency: 'EUR' } } } }),
      `${path}.x-kvarter.subscribed.excessPrice.currency: is EUR, other prices are in SEK`,
    ],
    [
      powerOf({ peakIdentificationSettings: { ...everyHour, peakFunction: 'peak(main)/(2-2)' } }),
      `${path}.peakIdentificationSettings.peakFunction: "peak(main)/(2-2)" cannot be read: it divides by 0`,
    ],
    [
      powerOf({ peakIdentificationSettings: { ...everyHour, peakFunction: '9/(peak(main)-5)' } }),
      `${path}.peakIdentificationSettings.peakFunction: "9/(peak(main)-5)" cannot be read: it divides by a power, which may be 0: divide by numbers`,
    ],
    [
      powerOf({ peakIdentificationSettings: { ...everyHour, peakFunction: 'peak(main' } }),
      `${path}.peakIdentificationSettings.peakFunction: "peak(main" cannot be read: ")" is missing`,
    ],
    [
      powerOf({ peakIdentificationSettings: { ...everyHour, peakDuration: 'PT7M' } }),
      `${path}.peakIdentificationSettings.peakDuration: must be PT15M, PT30M, PT60M, PT1H, PT2H, PT3H, PT4H, PT6H, PT8H, PT12H, PT24H, P1D`,
    ],
    [
      powerOf({ peakIdentificationSettings: null }),
      `${path}.peakIdentificationSettings: is missing: which peaks are billed?`,
    ],
    [powerOf({ price: null }), `${path}.price: is missing`],
    [
      powerOf(
        {
          price: null,
          'x-kvarter': { steps: [{ upToKw: 5, price: { priceExVat: 1, currency: 'NOK' } }] },
        },
        { fixedPrice: { components: [{ price: sek(1), pricedPeriod: 'P1M' }] } },
      ),
      `${path}.x-kvarter.steps.0.price.currency: is NOK, other prices are in SEK`,
    ],
    [
      { tariffs: [{ billingPeriod: 'P5M' }] },
      'tariffs.0.billingPeriod: must be P1M, P2M, P3M, P4M, P6M or P1Y',
    ],
    [
      energyOf({
        recurringPeriods: Array.from({ length: 16 }, (_, n) => ({ reference: `p${n}`, activePeriods: [] })),
      }),
      'tariffs.0.energyPrice.components.0.recurringPeriods: more than 15 are not understood',
    ],
    [
      powerOf({ 'x-kvarter': { stairs: [] } }),
      `${path}.x-kvarter.stairs: unknown key: known here are steps, blocks, lookBack, floorKw, months, subscribed, categoryNumber, shortUse, reactive`,
    ],
    [
      powerOf({
        'x-kvarter': {
          steps: [
            { upToKw: 5, price: sek(1) },
            { upToKw: 2, price: sek(1) },
          ],
        },
      }),
      `${path}.x-kvarter.steps.1.upToKw: must be higher than that of the step before`,
    ],
    [
      powerOf({ 'x-kvarter': { steps: [{ upToKw: 5 }] } }),
      `${path}.x-kvarter.steps.0.perKw: is missing: a step without price costs so much for each kW`,
    ],
    [
      powerOf({ 'x-kvarter': { blocks: true, steps: [{ price: sek(1), perKw: sek(1) }] } }),
      `${path}.x-kvarter.steps.0.price: does not go together with blocks: what a period costs is a fixedPrice`,
    ],
    [
      powerOf({ 'x-kvarter': { blocks: true, steps: [{ upToKw: 5 }] } }),
      `${path}.x-kvarter.steps.0.perKw: is missing: a block costs so much for each kW`,
    ],
    [powerOf({ 'x-kvarter': { blocks: true } }), `${path}.x-kvarter.blocks: needs steps`],
    [
      powerOf({ 'x-kvarter': { steps: [{ perKwh: sek(1) }] } }),
      `${path}.x-kvarter.steps.0.perKwh: unknown key: did you mean perKw?`,
    ],
    [
      powerOf({ 'x-kvarter': { steps: [{ perKw: { priceExVat: 1, currency: 'EUR' } }] } }),
      `${path}.x-kvarter.steps.0.perKw.currency: is EUR, other prices are in SEK`,
    ],
    [
      powerOf({ type: 'dynamic', 'x-kvarter': { floorKw: 2 } }),
      `${path}.x-kvarter.floorKw: does not go together with the type dynamic`,
    ],
    [
      powerOf({
        'x-kvarter': { shortUse: { hours: 2300, perKwh: sek(1) }, categoryNumber: { hours: 2200 } },
      }),
      `${path}.x-kvarter.shortUse: does not go together with categoryNumber`,
    ],
    [
      powerOf({ 'x-kvarter': { steps: [{ perKw: sek(1) }], reactive: {} } }),
      `${path}.x-kvarter.reactive: does not go together with steps`,
    ],
    [
      energyOf({ 'x-kvarter': { temperature: { referenceC: 'mean' } } }),
      'tariffs.0.energyPrice.components.0.x-kvarter.temperature.referenceC: must be a temperature in °C, one for each month: {"2025-01": 43.2}, or by the supply: {"bySupplyC": [[60, 39], [72, 30]]}',
    ],
    [
      energyOf({ 'x-kvarter': { temperature: { referenceC: 40, most: 50 } } }),
      'tariffs.0.energyPrice.components.0.x-kvarter.temperature.most: unknown key: did you mean mostDifferenceC?',
    ],
    [
      energyOf({ 'x-kvarter': { temperature: { referenceC: 40, leastDifferenceC: 5, mostDifferenceC: 5 } } }),
      'tariffs.0.energyPrice.components.0.x-kvarter.temperature.mostDifferenceC: must be higher than leastDifferenceC',
    ],
    [
      energyOf({
        'x-kvarter': {
          temperature: {
            referenceC: {
              bySupplyC: [
                [70, 30],
                [60, 40],
              ],
            },
          },
        },
      }),
      'tariffs.0.energyPrice.components.0.x-kvarter.temperature.referenceC.bySupplyC.1.0: must be higher than the supply before',
    ],
    [
      energyOf({ 'x-kvarter': { temperature: { referenceC: { '2025-01': 40 } } } }, { billingPeriod: 'P3M' }),
      'tariffs.0.energyPrice.components.0.x-kvarter.temperature.referenceC: by month needs bills by month: the billingPeriod must be P1M',
    ],
    [
      energyOf({
        type: 'spot',
        spotPriceSettings: { multiplier: 1, currency: 'SEK' },
        'x-kvarter': { temperature: { referenceC: 40 } },
      }),
      'tariffs.0.energyPrice.components.0.x-kvarter.temperature: does not go together with a spot price',
    ],
    [
      powerOf({ 'x-kvarter': { reactive: {}, categoryNumber: { hours: 1 } } }),
      `${path}.x-kvarter.reactive: does not go together with categoryNumber`,
    ],
    [
      powerOf(
        {
          'x-kvarter': {
            categoryNumber: { hours: 1, degreeDays: { normal: Array(12).fill(1), actual: {} } },
          },
        },
        { billingPeriod: 'P3M' },
      ),
      `${path}.x-kvarter.categoryNumber.degreeDays: correct each month by itself, so the billingPeriod must be P1M`,
    ],
    [
      powerOf(
        {},
        {
          'x-kvarter': null,
          timeZone: 'Europe/Berlin',
          energyPrice: { components: [{ price: { ...sek(1), currency: 'EUR' } }] },
        },
      ),
      `${path}.price.currency: is SEK, other prices are in EUR`,
    ],
    [
      { tariffs: [{ powerPrice: { costFunction: 'max(peak(c))', components: [] } }] },
      'tariffs.0.powerPrice.costFunction: is not understood: sum(peak(c)*price(c)) and sum(price(c)*peak(c)) and sum(power(p)*price(p)) and sum(price(p)*power(p)) are',
    ],
    [
      powerOf({ recurringPeriods: [{ activePeriods: [{ fromIncluding: '07:50', toExcluding: '11:00' }] }] }),
      `${path}.recurringPeriods.0.activePeriods.0.fromIncluding: must be a local time on a quarter-hour: HH:MM`,
    ],
    [
      powerOf(
        {
          recurringPeriods: [
            {
              activePeriods: [
                {
                  fromIncluding: '07:00',
                  toExcluding: '11:00',
                  calendarPatternReferences: { exclude: ['holidays'] },
                },
              ],
            },
          ],
        },
        { timeZone: 'Europe/Berlin' },
      ),
      `${path}.recurringPeriods.0.activePeriods.0.calendarPatternReferences.exclude.0: holidays has no dates, and there is no rule for Europe/Berlin (there is for Europe/Stockholm, Europe/Oslo, Europe/Copenhagen, Europe/Helsinki, Europe/Brussels): give its dates in calendarPatterns`,
    ],
  ])('%j', (value, says) => {
    expect(problems(value)).toEqual([says]);
  });
});
