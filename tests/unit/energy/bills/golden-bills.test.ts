import { describe, expect, it } from 'vitest';
import { billed, linesOf, loadOf, shipped, subscribed } from './bills.ts';

const january = { from: '2025-01-01', to: '2025-02-01', baseKw: 10 } as const;
const peaks = (bill: ReturnType<typeof billed>, reference: string, period = 0) =>
  bill.periods
    .at(period)
    ?.lines.find((line) => line.reference === reference)
    ?.peaks?.map(({ weightedKw }) => weightedKw);

// Every tariff that ships has a bill here, or in heat-bills.test.ts, that was worked by hand, as the comment above it says.
describe('bills worked by hand', () => {
  it('Göteborg Energi: three highest hours, on one day if they fall so', () => {
    // Highest: 60, 50, 40 on one day. Mean 50 × 45 = 2,250.00; with 25 % VAT 50 × 56.25 = 2,812.50.
    const load = loadOf({
      ...january,
      kw: { '2025-01-07 08:00': 60, '2025-01-07 09:00': 50, '2025-01-07 10:00': 40, '2025-01-08 08:00': 30 },
    });
    expect(linesOf(billed('goteborg-energi-2025', load))).toEqual([
      'main 50 kW 2250 2812.5',
      'sum 2250 2812.5',
    ]);
  });

  it('Ellevio: three days, nights count half', () => {
    // 7 Jan: max(60 by day, 90/2 = 45 by night) = 60; 8 Jan 02:00: 80/2 = 40; 9 Jan 22:00: 50/2 = 25; 10 Jan 06:00: 30.
    // Mean of 60, 40, 30 = 43.333333. × 65 = 2,816.666667 → 2,816.67; × 81.25 = 3,520.833333 → 3,520.83.
    const load = loadOf({
      ...january,
      kw: {
        '2025-01-07 08:00': 60,
        '2025-01-07 23:00': 90,
        '2025-01-08 02:00': 80,
        '2025-01-09 22:00': 50,
        '2025-01-10 06:00': 30,
      },
    });
    const bill = billed('ellevio-2025', load);
    expect(linesOf(bill)).toEqual(['main 43.333333 kW 2816.67 3520.83', 'sum 2816.67 3520.83']);
    expect(peaks(bill, 'main')).toEqual([60, 40, 30]);
  });

  it('Kalmar N4: two highest hours, a year’s price by the month, subscription with a free band, reactive power', () => {
    // Highest hours 130 and 110: mean 120. Power 120 × 580/12 = 5,800.00. Fixed 13,296/12 = 1,108.00.
    // Subscribed 110: 110 × 62/12 = 568.333 → 568.33. Excess 10 kW is 9.1 % < 10 %: free.
    const kw = { '2025-01-07 08:00': 130, '2025-01-07 09:00': 110 };
    const load = loadOf({ ...january, kw });
    expect(linesOf(billed(subscribed('kalmar-energi-n4-2024', 110), load))).toEqual([
      'main 1 P1M 1108 1385',
      'main 120 kW 5800 7250',
      'subscribed 110 kW 568.33 710.42',
      'sum 7476.33 9345.42',
    ]);
    // Subscribed 100: excess 20 kW is 20 %: 20 × 124/12 = 206.666… → 206.67. 100 × 62/12 = 516.67.
    // Reactive: highest hour 30 kVAr × 207/12 = 517.50.
    const kvar = load.kw.map((value) => (value > 100 ? 30 : 2));
    expect(linesOf(billed(subscribed('kalmar-energi-n4-2024', 100), { ...load, kvar }))).toEqual([
      'main 1 P1M 1108 1385',
      'main 120 kW 5800 7250',
      'subscribed 100 kW 516.67 645.83',
      'subscribed-excess 20 kW 206.67 258.33',
      'reactive 30 kVAr 517.5 646.88',
      'sum 8148.84 10186.04',
    ]);
    // Who says no subscription is billed one of 120 kW, without an excess, and is told so: 120 × 62/12 = 620.00.
    const unsaid = billed('kalmar-energi-n4-2024', { ...load, kvar });
    expect([linesOf(unsaid)[2], unsaid.periods[0]?.notes, unsaid.incomplete]).toEqual([
      'subscribed 120 kW 620 775',
      [
        'subscribed: the subscribed power is taken to be what is billed, 120 kW (say it by --subscribed-kw, or subscribedKw in places.yaml)',
      ],
      false,
    ]);
    expect(billed(subscribed('kalmar-energi-n4-2024', 100), { ...load, kvar }).periods[0]?.notes).toEqual([]);
  });

  it('Sollentuna: hours of weekdays 07–19 that are no holidays', () => {
    // 6 Jan (Epiphany) and Saturday 11 Jan do not count, nor does 19:00. 7 Jan 07:00 40, 18:00 34, 8 Jan 22: mean 32.
    // × 111.50 = 3,568.00; × 139.375 = 4,460.00.
    const load = loadOf({
      ...january,
      kw: {
        '2025-01-06 08:00': 99,
        '2025-01-11 08:00': 99,
        '2025-01-07 06:00': 99,
        '2025-01-07 19:00': 99,
        '2025-01-07 07:00': 40,
        '2025-01-07 18:00': 34,
        '2025-01-08 12:00': 22,
      },
    });
    expect(linesOf(billed('sollentuna-2025', load))).toEqual(['winter 32 kW 3568 4460', 'sum 3568 4460']);
    // In June 10 kW all the time: 10 × 55.75 = 557.50.
    const june = loadOf({ from: '2025-06-01', to: '2025-07-01', baseKw: 10 });
    expect(linesOf(billed('sollentuna-2025', june))).toEqual([
      'summer 10 kW 557.5 696.88',
      'sum 557.5 696.88',
    ]);
  });

  it('Dala Energi: high and low at once', () => {
    // High (weekdays 07–20): 7 Jan 50, 8 Jan 40, 9 Jan 30: mean 40 × 76 = 3,040.00.
    // Low: Saturday 4 Jan 33, 7 Jan 06:00 21, other days 10: (33 + 21 + 10)/3 = 21.333333 × 28 = 597.333 → 597.33.
    const load = loadOf({
      ...january,
      kw: {
        '2025-01-07 08:00': 50,
        '2025-01-08 19:00': 40,
        '2025-01-09 07:00': 30,
        '2025-01-04 12:00': 33,
        '2025-01-07 06:00': 21,
      },
    });
    expect(linesOf(billed('dala-energi-2025', load))).toEqual([
      'high 40 kW 3040 3800',
      'lowWinter 21.333333 kW 597.33 746.67',
      'sum 3637.33 4546.67',
    ]);
  });

  it('Karlstad: the highest hour, and the highest of weekdays 06–18 besides', () => {
    // 744 h × 10 kW = 7,440 kWh, and 50 + 30 − 20 more by the two peaks: 7,500 kWh × 0.073 = 547.50.
    // Main: Saturday 4 Jan 60 × 30.56 = 1,833.60. High: 7 Jan 17:00 40 × 57.03 = 2,281.20 (6 Jan is no high time).
    // Fixed 5,655/12 = 471.25. Sum 471.25 + 547.50 + 1,833.60 + 2,281.20 = 5,133.55.
    const load = loadOf({
      ...january,
      kw: { '2025-01-04 08:00': 60, '2025-01-07 17:00': 40, '2025-01-06 10:00': 0, '2025-01-06 11:00': 0 },
    });
    expect(linesOf(billed('karlstad-2024', load))).toEqual([
      'main 1 P1M 471.25 589.06',
      'transfer 7500 kWh 547.5 684.38',
      'main 60 kW 1833.6 2292',
      'high 40 kW 2281.2 2851.5',
      'sum 5133.55 6416.94',
    ]);
    // In April there is no high time; Christmas Eve, a Wednesday, is none either.
    expect(
      linesOf(billed('karlstad-2024', loadOf({ from: '2025-04-01', to: '2025-05-01', baseKw: 10 }))).length,
    ).toBe(4);
    const december = loadOf({
      from: '2025-12-01',
      to: '2026-01-01',
      baseKw: 10,
      kw: { '2025-12-24 10:00': 99 },
    });
    expect(peaks(billed('karlstad-2024', december), 'high')).toEqual([10]);
  });

  it('Linde: the highest hour, and the highest of weekdays 07–19 besides', () => {
    // Main 60 × 60 = 3,600.00 (with VAT × 75 = 4,500.00). High 40 × 37.40 = 1,496.00 (× 46.75 = 1,870.00).
    // 7,440 + 50 + 30 = 7,520 kWh × 0.049 = 368.48 (× 0.06125 = 460.60). Fixed 404.168 → 404.17 (505.21).
    const load = loadOf({ ...january, kw: { '2025-01-04 08:00': 60, '2025-01-07 18:00': 40 } });
    expect(linesOf(billed('linde-2025', load))).toEqual([
      'main 1 P1M 404.17 505.21',
      'transfer 7520 kWh 368.48 460.6',
      'main 60 kW 3600 4500',
      'high 40 kW 1496 1870',
      'sum 5868.65 7335.81',
    ]);
  });

  it('Malung-Sälen: five days, 07–19', () => {
    // Days 50, 45, 40, 35, 30: mean 40 × 95 = 3,800.00 (× 118.75 = 4,750.00). 19:00 does not count.
    const load = loadOf({
      ...january,
      kw: {
        '2025-01-04 07:00': 50,
        '2025-01-05 18:00': 45,
        '2025-01-06 12:00': 40,
        '2025-01-07 12:00': 35,
        '2025-01-08 12:00': 30,
        '2025-01-04 08:00': 49,
        '2025-01-09 19:00': 99,
      },
    });
    expect(linesOf(billed('malung-salen-2021', load))).toEqual(['winter 40 kW 3800 4750', 'sum 3800 4750']);
  });

  it('Norway: the mean of three days chooses the step', () => {
    // 1 kW all the time, and three days of 6, 5 and 4 kW: mean 5 lies on the edge of the step up to 5 kW: 147 NOK.
    const base = { from: '2025-01-01', to: '2025-02-01', baseKw: 1, timeZone: 'Europe/Oslo' };
    const kw = { '2025-01-07 08:00': 6, '2025-01-07 09:00': 6, '2025-01-08 08:00': 5, '2025-01-09 08:00': 4 };
    const low = billed('norway-steps-2024', loadOf({ ...base, kw }));
    expect([linesOf(low), low.incomplete]).toEqual([['capacity 5 kW 147 147', 'sum 147 147'], false]);
    // A tenth more on one of them: mean 5.033333, the step up to 10 kW: 252 NOK.
    const more = loadOf({ ...base, kw: { ...kw, '2025-01-09 08:00': 4.1 } });
    expect(linesOf(billed('norway-steps-2024', more))).toEqual([
      'capacity 5.033333 kW 252 252',
      'sum 252 252',
    ]);
    // 25 kW is above all steps: the last is billed, and the bill is marked.
    const high = billed('norway-steps-2024', loadOf({ ...base, baseKw: 25 }));
    expect([high.cost.exVat, high.incomplete]).toEqual([490, true]);
  });

  it('Flanders: the mean of twelve month peaks, each at least 2.5 kW', () => {
    // Quarter-hours of 2024: 1 kW, so eleven months count 2.5; March has a quarter of 8 kW. December 2024:
    // (11 × 2.5 + 8)/12 = 2.958333 × 40.40/12 = 9.959722 → 9.96 EUR; with 6 % VAT 10.557306 → 10.56.
    const load = loadOf({
      from: '2024-01-01',
      to: '2025-02-01',
      baseKw: 1,
      minutes: 15,
      timeZone: 'Europe/Brussels',
      kw: { '2024-03-05 18:15': 8 },
    });
    const bill = billed('flanders-2023', load);
    expect(linesOf(bill, 11)).toEqual(['capacity 2.958333 kW 9.96 10.56', 'sum 9.96 10.56']);
    expect(bill.periods[11]?.incomplete).toBe(false);
    // Only two of the twelve months are known in February 2024: (2.5 + 2.5)/2, and it says so.
    expect([bill.periods[1]?.notes, bill.periods[1]?.incomplete]).toEqual([
      ['capacity: the load has 2 of the 12 billing periods that are looked back on'],
      true,
    ]);
  });

  it('Kalmar district heating: the highest daily mean of twelve months, energy and flow', () => {
    // A year of 10 kW; 3 Feb 2024 has 24 kW all day. January 2025 pays 24 × 1,200/12 = 2,400.00,
    // 7,440 kWh × 0.3725 = 2,771.40 and 744 h × 0.25 m³ = 186 m³ × 1.80 = 334.80. Sum 5,506.20.
    const load = loadOf({ from: '2024-02-01', to: '2025-02-01', baseKw: 10, kw: { '2024-02-03': 24 } });
    const bill = billed('kalmar-energi-heat-2023', { ...load, m3: load.kw.map(() => 0.25) });
    expect(linesOf(bill, -1)).toEqual([
      'heat 7440 kWh 2771.4 3464.25',
      'flow 186 m3 334.8 418.5',
      'power 24 kW 2400 3000',
      'sum 5506.2 6882.75',
    ]);
  });

  it('Hedemora district heating: the two highest daily means of two years', () => {
    // Days of 60 kW (Feb 2023) and 50 kW (Jan 2025): mean 55 × 1,084/12 = 4,968.333 → 4,968.33. Fixed 321.00.
    // January 2025: 30 days × 240 kWh + 1,200 kWh = 8,400 kWh × 0.5424 = 4,556.16.
    const load = loadOf({
      from: '2023-02-01',
      to: '2025-02-01',
      baseKw: 10,
      kw: { '2023-02-03': 60, '2025-01-20': 50 },
    });
    const bill = billed('hedemora-heat-2024', load, { fromMs: Date.parse('2025-01-01T00:00+01:00') });
    expect(linesOf(bill, -1)).toEqual([
      'main 1 P1M 321 401.25',
      'winter 8400 kWh 4556.16 5695.2',
      'power 55 kW 4968.33 6210.42',
      'sum 9845.49 12306.87',
    ]);
  });

  it('VB Energi district heating: five highest daily means of December to March, all year', () => {
    // Days of 50, 40, 30, 20, 15 kW in winter: mean 31; one of 99 kW in October does not count. June 2025 pays
    // 31 × 243.04/12 = 627.853 → 627.85, fixed 19,173.04/12 = 1,597.753 → 1,597.75, 7,200 kWh × 0.48504 = 3,492.288 → 3,492.29.
    const load = loadOf({
      from: '2024-07-01',
      to: '2025-07-01',
      baseKw: 10,
      kw: {
        '2024-10-10': 99,
        '2024-12-03': 50,
        '2025-01-03': 40,
        '2025-02-03': 30,
        '2025-03-03': 20,
        '2025-03-31': 15,
      },
    });
    expect(linesOf(billed('vb-energi-heat-2019', load), -1)).toEqual([
      'main 1 P1M 1597.75 1997.19',
      'heat 7200 kWh 3492.29 4365.36',
      'power 31 kW 627.85 784.82',
      'sum 5717.89 7147.37',
    ]);
  });

  it('Umeå district heating: three highest 12-hour means of twelve months', () => {
    // Halves of days: 36 for 12 h (36), and 06–18 at 30, which is half of two halves: 20 and 20. Mean of 36, 20, 20 = 25.333333.
    // × 772/12 = 1,629.777 → 1,629.78. Fixed 236.00.
    const hours = (date: string, from: number, to: number, kw: number) =>
      Object.fromEntries(
        Array.from({ length: to - from }, (_, i) => [`${date} ${String(from + i).padStart(2, '0')}:00`, kw]),
      );
    const load = loadOf({
      from: '2024-02-01',
      to: '2025-02-01',
      baseKw: 10,
      kw: { ...hours('2024-02-05', 12, 24, 36), ...hours('2024-11-05', 6, 18, 30) },
    });
    expect(linesOf(billed('umea-heat-2023', load), -1)).toEqual([
      'main 1 P1M 236 295',
      'power 25.333333 kW 1629.78 2037.22',
      'sum 1865.78 2332.22',
    ]);
  });

  it('Karlskoga district heating: a year’s energy over 2,200 hours', () => {
    // 1 Feb 2024 to 31 Jan 2025 has 366 days: 8,784 h × 25 kW = 219,600 kWh / 2,200 = 99.818182 kW × 407/12 = 3,385.50.
    // January: 744 h × 25 = 18,600 kWh × 0.588 = 10,936.80. Fixed 8,560/12 = 713.333 → 713.33.
    // What was used in the January before counts no more.
    const load = loadOf({ from: '2024-01-01', to: '2025-02-01', baseKw: 25, kw: { '2024-01-10': 999 } });
    const bill = billed('karlskoga-heat-2023', load);
    expect(bill.periods.at(-1)?.notes).toEqual([]);
    expect(linesOf(bill, -1)).toEqual([
      'main 1 P1M 713.33 891.67',
      'heat 18600 kWh 10936.8 13671',
      'power 99.818182 kW 3385.5 4231.88',
      'sum 15035.63 18794.55',
    ]);
  });

  it('are here for every tariff that ships', () => {
    expect([...shipped.keys()]).toEqual([
      'dala-energi-2025',
      'ellevio-2025',
      'flanders-2023',
      'goteborg-energi-2025',
      'goteborg-energi-heat-2024',
      'hedemora-heat-2024',
      'kalmar-energi-heat-2023',
      'kalmar-energi-n4-2024',
      'karlskoga-heat-2023',
      'karlstad-2024',
      'linde-2025',
      'malung-salen-2021',
      'norway-steps-2024',
      'soderhamn-heat-2024',
      'sollentuna-2025',
      'umea-heat-2023',
      'vb-energi-heat-2019',
    ]);
  });
});
