import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Load } from '../../../../src/energy/loads/load-file.ts';
import { withSubscription } from '../../../../src/energy/tariffs/subscription.ts';
import { billed, linesOf, loadOf, subscribed, tariffOf } from './bills.ts';

const sek = (priceExVat: number) => ({ priceExVat, currency: 'SEK' });
const january = loadOf({ from: '2025-01-01', to: '2025-02-01', baseKw: 10 });
const even = (load: Load, value: number) => load.kw.map(() => value);
const costs = (tariff: Parameters<typeof billed>[0], load: Load) => linesOf(billed(tariff, load));

describe('bills of district heating worked by hand', () => {
  const shippedFile = join(import.meta.dirname, '../../../../config/tariffs/goteborg-energi-heat-2024.json');
  /** The shipped tariff with what the network's return was in April. */
  const goteborg = () => {
    const file = JSON.parse(readFileSync(shippedFile, 'utf8'));
    file.tariffs[0].efficiencyPrice.components[0]['x-kvarter'].temperature.referenceC = { '2024-04': 45 };
    return tariffOf(file);
  };
  const april = { fromMs: Date.parse('2024-04-01T00:00+02:00'), toMs: Date.parse('2024-05-01T00:00+02:00') };
  const year = loadOf({
    from: '2023-05-01',
    to: '2024-06-01',
    baseKw: 25_000 / 720,
    kw: { '2024-01-05': 82, '2024-01-06': 81, '2024-02-05': 77 },
  });

  it('Göteborg Energi: bands of power by the days of the month, energy, and a bonus for a cold return', () => {
    // As in the operator's example: 25 MWh in April, daily means of 82, 81 and 77 kW, so 80 kW; a return of 43 °C, the network's is 45.
    // Energy 25 × 366 = 9,150.00. Return 25,000 × (43 − 45) = −50,000 kWh·°C × 0.007 = −350.00.
    // Band to 100 kW, 30 of the 366 days of 2024: 80 × 1,089 × 30/366 = 7,140.98; 10,360 × 30/366 = 849.18.
    const bill = billed(goteborg(), { ...year, returnC: even(year, 43), m3: even(year, 0.7) }, april);
    expect(linesOf(bill)).toEqual([
      'spring-autumn 25000 kWh 9150 11437.5',
      'return -50000 kWh·°C -350 -437.5',
      'power 80 kW 7140.98 8926.23',
      'power-step 1 P1M 849.18 1061.48',
      'sum 16790.16 20987.71',
    ]);
    expect(bill.periods).toMatchObject([{ incomplete: false, notes: [] }]);
  });

  it('Göteborg Energi: a day more of cold passes into the next band', () => {
    // 120, 110 and 100 kW: 110 kW. 110 × 1,040 × 30/366 = 9,377.05; 15,260 × 30/366 = 1,250.82.
    const kw = { '2024-01-05': 120, '2024-01-06': 110, '2024-02-05': 100 };
    const cold = loadOf({ from: '2023-05-01', to: '2024-05-01', baseKw: 25_000 / 720, kw });
    expect(linesOf(billed(goteborg(), cold, april)).slice(1, 3)).toEqual([
      'power 110 kW 9377.05 11721.31',
      'power-step 1 P1M 1250.82 1563.52',
    ]);
  });

  it('Göteborg Energi: as it ships the network’s temperature is not known, and the bill says so', () => {
    const load = { ...year, returnC: even(year, 43), m3: even(year, 0.7) };
    const { periods } = billed('goteborg-energi-heat-2024', load, { fromMs: april.fromMs });
    expect(periods[0]).toMatchObject({
      incomplete: true,
      notes: [
        'return: there is no x-kvarter.temperature.referenceC of 2024-04, so it is not in the bill, which may be too small',
      ],
    });
    // No return is billed from May to September.
    expect(periods[1]).toMatchObject({ incomplete: false, notes: [] });
  });

  // The operator's own examples, of a whole year without VAT: 1,877 + 45 × 497 + 64,600; 10,395 + 125 × 422 + 161,500;
  // 48,600 + 500 × 349 + 646,000. Months are rounded: 1,877/12 = 156.42 makes 0.04 more.
  it.each([
    [100, 45, 88_842],
    [250, 125, 224_645],
    [1000, 500, 869_100],
  ])('Söderhamn: %i MWh and a connected power of %i kW cost %i kr a year', (mwh, kw, cost) => {
    const load = loadOf({ from: '2025-01-01', to: '2026-01-01', baseKw: (mwh * 1000) / 8760 });
    const bill = billed(subscribed('soderhamn-heat-2024', kw), load);
    expect([Math.round(bill.cost.exVat), bill.incomplete]).toEqual([cost, false]);
  });
});

describe('a price of power in steps', () => {
  const steps = [
    { upToKw: 100, price: sek(1000), perKw: sek(10) },
    { upToKw: 200, perKw: sek(15) },
    { perKw: sek(12) },
  ];
  const blocks = steps.map(({ upToKw, perKw }) => ({ ...(upToKw && { upToKw }), perKw }));
  const powerOf = (extension: object, component: object = {}) => ({
    tariffs: [
      {
        powerPrice: {
          components: [
            {
              peakIdentificationSettings: {
                peakIdentificationPeriod: 'PT1H',
                peakDuration: 'PT1H',
                numberOfPeaksForAverageCalculation: 1,
              },
              'x-kvarter': extension,
              ...component,
            },
          ],
        },
      },
    ],
  });
  const at = (kw: number) => loadOf({ from: '2025-01-01', to: '2025-02-01', baseKw: kw });

  it.each<[what: string, extension: object, kw: number, lines: readonly string[]]>([
    // 100 × 10, and 1,000 for the step.
    ['holds its end', { steps }, 100, ['main 100 kW 1000 1250', 'main-step 1 P1M 1000 1250']],
    // All 120 kW cost 15.
    ['prices all kW', { steps }, 120, ['main 120 kW 1800 2250']],
    ['ends with one for all', { steps }, 300, ['main 300 kW 3600 4500']],
    // 100 × 10 + 20 × 15; 100 × 10 + 100 × 15 + 100 × 12.
    ['of blocks prices each kW by its own', { steps: blocks, blocks: true }, 120, ['main 120 kW 1300 1625']],
    ['of blocks goes on in the last', { steps: blocks, blocks: true }, 300, ['main 300 kW 3700 4625']],
    ['of blocks begins with the first', { steps: blocks, blocks: true }, 50, ['main 50 kW 500 625']],
    ['of blocks costs nothing for nothing', { steps: blocks, blocks: true }, 0, ['main 0 kW 0 0']],
    // Subscribed 120, drawn 150, and an excess of 30 costs 20 each, or nothing.
    [
      'is chosen by a subscription',
      { steps, subscribed: { kw: 120, excessPrice: sek(20) } },
      150,
      ['main 120 kW 1800 2250', 'main-excess 30 kW 600 750'],
    ],
    ['may know no excess', { steps, subscribed: { kw: 120 } }, 150, ['main 120 kW 1800 2250']],
  ])('%s', (_, extension, kw, lines) => {
    expect(costs(tariffOf(powerOf(extension)), at(kw)).slice(0, -1)).toEqual(lines);
  });

  it('is for a part of the days where it holds so long', () => {
    const half = { validPeriod: { fromIncluding: '2025-01-01', toExcluding: '2025-01-16' } };
    const [file] = powerOf({ steps }, half).tariffs;
    const validPeriod = { fromIncluding: '2025-01-01', toExcluding: '2026-01-01' };
    const tariff = tariffOf({ tariffs: [{ ...file, validPeriod }] });
    // 15 of 31 days: 100 × 10 × 15/31 = 483.87, as much for the step.
    expect(costs(tariff, at(100)).slice(0, -1)).toEqual([
      'main 100 kW 483.87 604.84',
      'main-step 1 P1M 483.87 604.84',
    ]);
  });

  it('goes on above its last step, and marks the bill', () => {
    const bill = billed(tariffOf(powerOf({ steps: steps.slice(0, 2) })), at(300));
    expect([linesOf(bill)[0], bill.incomplete]).toEqual(['main 300 kW 4500 5625', true]);
  });

  it('is told from a price beside it, which is not billed', () => {
    const bill = billed(tariffOf(powerOf({ steps }, { price: sek(99) })), at(120));
    expect([linesOf(bill)[0], bill.periods[0]?.notes]).toEqual([
      'main 120 kW 1800 2250',
      ['main: the steps are billed, and not the price beside them'],
    ]);
  });

  it('may be that of a category number', () => {
    // 7,440 kWh / 60 h = 124 kW, all at 15.
    const tariff = tariffOf(powerOf({ categoryNumber: { hours: 60 }, steps }));
    expect(costs(tariff, january)[0]).toBe('main 124 kW 1860 2325');
  });

  it('has an addition for a short time of use, of what the energy of a year lacks', () => {
    // Telge 2021: to 299 kW 1,301 kr/kW a year, and 0.25 kr for each kWh that lacks to 2,300 h × the power.
    const shortUse = { hours: 2300, perKwh: sek(0.25) };
    const of = (more: object = {}) =>
      tariffOf(
        powerOf(
          { steps: [{ upToKw: 299, perKw: sek(1301) }], subscribed: { kw: 100 }, shortUse, ...more },
          { pricedPeriod: 'P1Y' },
        ),
      );
    const load = loadOf({ from: '2024-02-01', to: '2025-02-01', baseKw: 20 });
    // 100 × 1,301/12 = 10,841.67. 366 days × 24 × 20 = 175,680 kWh of 230,000: 54,320 × 0.25/12 = 1,131.67.
    const bill = billed(of(), load);
    expect(linesOf(bill, -1).slice(0, 2)).toEqual([
      'main 100 kW 10841.67 13552.08',
      'main-short-use 54320 kWh 1131.67 1414.58',
    ]);
    expect([bill.periods.at(-1)?.incomplete, bill.periods[0]?.notes]).toEqual([
      false,
      ['main: the load has 1 of the 12 billing periods of the year'],
    ]);
    // Who uses it for long pays nothing on top; as do those whose normal year is twice as cold.
    const long = { ...load, kw: load.kw.map(() => 27) };
    expect(linesOf(billed(of(), long), -1)[1]).toBe('main-short-use 0 kWh 0 0');
    const actual = Object.fromEntries(
      Array.from({ length: 12 }, (_, m) => [new Date(Date.UTC(2024, m + 1)).toISOString().slice(0, 7), 250]),
    );
    const cold = of({ shortUse: { ...shortUse, degreeDays: { normal: Array(12).fill(500), actual } } });
    expect(linesOf(billed(cold, load), -1)[1]).toBe('main-short-use 0 kWh 0 0');
  });

  it('is what the guard and the planner reckon with', () => {
    const [price] = tariffOf(powerOf({ steps: blocks, blocks: true })).power;
    expect([price?.costOf(120), price?.costOf(300)]).toEqual([1300, 3700]);
    // From the end of the first step to that of the last that has one: (2,500 − 1,000) / 100.
    expect(price?.pricePerKw).toBe(15);
    const [open] = withSubscription(tariffOf(powerOf({ steps, subscribed: {} })), 150).power;
    expect([open?.costOf(10), open?.costOf(999)]).toEqual([2250, 2250]);
  });

  it('of a year by days costs more in January than in February', () => {
    const file = powerOf({ steps: [{ perKw: sek(365) }] }, { pricedPeriod: 'P1Y' });
    const tariff = tariffOf({ tariffs: [{ ...file.tariffs[0], 'x-kvarter': { yearByDays: true } }] });
    const load = loadOf({ from: '2025-01-01', to: '2025-03-01', baseKw: 10 });
    // 10 × 365 × 31/365, and × 28/365.
    const bill = billed(tariff, load);
    expect([linesOf(bill, 0)[0], linesOf(bill, 1)[0]]).toEqual([
      'main 10 kW 310 387.5',
      'main 10 kW 280 350',
    ]);
  });
});

describe('a price per degree', () => {
  const energyOf = (...components: readonly object[]) =>
    tariffOf({
      tariffs: [{ energyPrice: { components: components.map((c, i) => ({ reference: `c${i}`, ...c })) } }],
    });
  const perDegree = (price: number, temperature: object, rest: object = {}) => ({
    price: sek(price),
    unit: 'MWh',
    ...rest,
    'x-kvarter': { temperature, ...(rest as { 'x-kvarter'?: object })['x-kvarter'] },
  });
  /** 7,440 kWh and 186 m³ in January. */
  const warm = (returnC: number, supplyC = 80): Load => ({
    ...january,
    m3: even(january, 0.25),
    returnC: even(january, returnC),
    supplyC: even(january, supplyC),
  });

  // Telge 2021: 1.8 kr per °C and MWh from 30 to 60 °C, 20 kr above 60. 7.44 × 15 × 1.8; 7.44 × 30 × 1.8 + 7.44 × 5 × 20.
  const telge = energyOf(
    perDegree(1.8, { referenceC: 30, leastDifferenceC: 0, mostDifferenceC: 30 }),
    perDegree(20, { referenceC: 60, leastDifferenceC: 0 }),
  );
  // Rønde: 2 % of the price (here 500 kr/MWh) for each °C below 30 and above 37; nothing between.
  const roende = energyOf(
    perDegree(10, { referenceC: 30, mostDifferenceC: 0 }),
    perDegree(10, { referenceC: 37, leastDifferenceC: 0 }),
  );
  // Refa: 1 % of the price for each °C that the water was cooled by less than 23.
  const refa = energyOf(perDegree(-5, { of: 'cooling', referenceC: 23, mostDifferenceC: 0 }));
  // Lemvig: 1 % for each °C above what is expected of the supply: 39 °C at 60, 35 at 65, 30 at 72 (here some of its points).
  const bySupplyC = [
    [60, 39],
    [65, 35],
    [72, 30],
  ];
  const lemvig = energyOf(perDegree(5, { referenceC: { bySupplyC }, leastDifferenceC: 0 }));
  // E.ON: m³ × 3 kr × (0.02 × (supply − 60) + 0.2), which is 0.06 kr per °C above 50.
  const eon = energyOf(
    perDegree(0.06, { of: 'supply', referenceC: 50 }, { unit: 'm3', 'x-kvarter': { flow: true } }),
  );
  it.each([
    ['Telge, 45 °C', telge, warm(45), ['c0 111600 kWh·°C 200.88 251.1', 'c1 0 kWh·°C 0 0']],
    ['Telge, 65 °C', telge, warm(65), ['c0 223200 kWh·°C 401.76 502.2', 'c1 37200 kWh·°C 744 930']],
    ['Telge, 25 °C', telge, warm(25), ['c0 0 kWh·°C 0 0', 'c1 0 kWh·°C 0 0']],
    ['Rønde, 27 °C', roende, warm(27), ['c0 -22320 kWh·°C -223.2 -279', 'c1 0 kWh·°C 0 0']],
    ['Rønde, 35 °C', roende, warm(35), ['c0 0 kWh·°C 0 0', 'c1 0 kWh·°C 0 0']],
    ['Rønde, 40 °C', roende, warm(40), ['c0 0 kWh·°C 0 0', 'c1 22320 kWh·°C 223.2 279']],
    ['Refa, cooled by 20 °C', refa, warm(50, 70), ['c0 -22320 kWh·°C 111.6 139.5']],
    ['Refa, cooled by 30 °C', refa, warm(40, 70), ['c0 0 kWh·°C 0 0']],
    ['Lemvig, 40 °C at 60', lemvig, warm(40, 60), ['c0 7440 kWh·°C 37.2 46.5']],
    // Between 65 and 72 a °C more of supply is 5/7 °C less of return: 31.428571 at 70.
    ['Lemvig, 40 °C at 70', lemvig, warm(40, 70), ['c0 63771.428571 kWh·°C 318.86 398.57']],
    ['Lemvig, 40 °C at 90', lemvig, warm(40, 90), ['c0 74400 kWh·°C 372 465']],
    ['Lemvig, 40 °C at 50', lemvig, warm(40, 50), ['c0 7440 kWh·°C 37.2 46.5']],
    ['Lemvig, 30 °C at 65', lemvig, warm(30, 65), ['c0 0 kWh·°C 0 0']],
    ['E.ON, a supply of 80 °C', eon, warm(45), ['c0 5580 m3·°C 334.8 418.5']],
  ])('%s', (_, tariff, load, lines) => {
    expect(costs(tariff, load).slice(0, -1)).toEqual(lines);
  });

  const plain = energyOf({ price: sek(500), unit: 'MWh' }, perDegree(7, { referenceC: 40 }));
  const notesOf = (load: Load) => {
    const { periods, incomplete } = billed(plain, load);
    return { lines: periods[0]?.lines.map(({ quantity }) => quantity), notes: periods[0]?.notes, incomplete };
  };

  it('goes by the mean of what flowed, not of the hours', () => {
    // Half of the month 60 °C and 0.1 m³/h, half 40 °C and 0.3: (6 + 12) / 0.4 = 45 °C. 7,440 × 5.
    const half = (a: number, b: number) => january.kw.map((__, i) => (i < 372 ? a : b));
    const load = { ...january, m3: half(0.1, 0.3), returnC: half(60, 40) };
    expect(notesOf(load)).toEqual({ lines: [7440, 37_200], notes: [], incomplete: false });
    // Where that is not known each kWh counts alike: 50 °C.
    expect(notesOf({ ...january, returnC: half(60, 40) })).toEqual({
      lines: [7440, 74_400],
      notes: [
        'c1: the mean temperature counts 100 % of the energy by kWh, because its flow (m3) is not known',
      ],
      incomplete: false,
    });
  });

  it('marks a bill of which the temperature is not known, in part or at all', () => {
    expect(notesOf({ ...january, m3: even(january, 0.25) })).toEqual({
      lines: [7440],
      notes: [
        'c1: the return temperature (return_c) is not known, so it is not in the bill, which may be too small',
      ],
      incomplete: true,
    });
    const { supplyC: _, ...supplyless } = warm(40);
    expect(billed(lemvig, supplyless).periods[0]?.notes).toEqual([
      'c0: the supply and return temperature (supply_c, return_c) is not known, so it is not in the bill, which may be too small',
    ]);
    const returnC = january.kw.map((_, i) => (i < 186 ? Number.NaN : 45));
    expect(notesOf({ ...january, m3: even(january, 0.25), returnC })).toEqual({
      lines: [7440, 37_200],
      notes: [
        'c1: the return temperature (return_c) of 25 % of the energy is not known: the bill may be too small',
      ],
      incomplete: true,
    });
  });

  it('is no price of energy: a kWh more costs what it did', () => {
    expect(plain.energyPriceAt(january.fromMs)).toBe(0.5);
    const alone = billed(energyOf(perDegree(7, { referenceC: 40 })), warm(45));
    expect([alone.periods[0]?.notes, alone.cost.exVat]).toEqual([[], 260.4]);
  });
});

it('a premium by volume per energy is a price of flow and a negative one of energy', () => {
  // Jämtkraft's example: 118 MWh at 17 m³/MWh, the reference is 19, 3 kr: (17 − 19) × 3 × 118 = −708.
  const tariff = tariffOf({
    tariffs: [
      {
        energyPrice: {
          components: [
            { reference: 'flow', unit: 'm3', price: sek(3), 'x-kvarter': { flow: true } },
            { reference: 'reference', unit: 'MWh', price: sek(-57) },
          ],
        },
      },
    ],
  });
  const kw = even(january, 118_000 / 744);
  const bill = billed(tariff, { ...january, kw, m3: kw.map((value) => (value * 17) / 1000) });
  expect(bill.cost.exVat).toBe(-708);
});
