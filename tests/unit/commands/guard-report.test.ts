import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { guardReportCommand } from '../../../src/commands/guard-report.ts';
import { HOUR_MS } from '../../../src/domain/interval.ts';
import { isoTime } from '../../../src/domain/time.ts';
import { openTempDir } from '../../support/temp-dir.ts';

const packageDir = join(import.meta.dirname, '../../..');
const tariff = join(packageDir, 'config/tariffs/goteborg-energi-2025.json');
const FROM = Date.parse('2026-01-01T00:00+01:00');

/** Forty days: a morning peak each working day, higher on three of them. */
function loadOf(hour: number): number {
  const [day, clock] = [Math.floor(hour / 24), hour % 24];
  const isPeak = clock === 8 && day % 7 < 5;
  return isPeak ? 40 + ([24, 30, 36].includes(day) ? 30 : day / 10) : 12 + (clock > 6 && clock < 20 ? 6 : 0);
}

async function report(dir: string, files: string[], values: Record<string, string | boolean>) {
  const printed: string[] = [];
  const complained: string[] = [];
  const code = await guardReportCommand.run(
    {
      places: { cwd: dir, packageDir, environment: {} },
      version: '0.0.0',
      clock: Date.now,
      print: (text) => printed.push(text),
      complain: (text) => complained.push(text),
      taken: async () => {},
      inputChunks: async function* () {},
      terminal: undefined,
      stop: new AbortController().signal,
    },
    { files, values },
  );
  return { code, printed: printed.join(''), complained: complained.join('') };
}

describe('kvarter guard-report', () => {
  it('says of the load of a building which billed hours were told in time', async () => {
    await using dir = await openTempDir();
    const rows = Array.from({ length: 40 * 24 }, (_, n) => `${isoTime(FROM + n * HOUR_MS)},${loadOf(n)}`);
    const load = join(dir.path, 'house.csv');
    await writeFile(load, `time,kw\n${rows.join('\n')}\n`);
    const { code, printed } = await report(dir.path, [], { load, tariff, json: true });
    expect(code).toBe(0);
    const { buildings, total, from } = JSON.parse(printed);
    expect(from).toBe(isoTime(FROM));
    expect(buildings.map(({ building }: { building: string }) => building)).toEqual(['house']);
    expect(total).toMatchObject({ peaks: 6, money: [{ currency: 'SEK', saved: 0 }] });
    expect(total.recall).toBeGreaterThan(0.6);
    const high = buildings[0].billed.find((peak: { kw: number }) => peak.kw === 70);
    expect(high).toMatchObject({ inTime: true });
    expect(Date.parse(high.toldAt)).toBeLessThanOrEqual(Date.parse(high.to) - 600_000);

    const january = await report(dir.path, [], { load, tariff, to: '2026-02-01', json: true });
    expect(JSON.parse(january.printed).total.peaks).toBe(3);
    expect((await report(dir.path, [], { load, tariff })).printed).toMatch(/house +1\.3 +6/);
  });

  it('counts what exceeds a subscribed power', async () => {
    await using dir = await openTempDir();
    const rows = Array.from({ length: 31 * 24 }, (_, n) => `${isoTime(FROM + n * HOUR_MS)},${loadOf(n)}`);
    const load = join(dir.path, 'house.csv');
    await writeFile(load, `time,kw\n${rows.join('\n')}\n`);
    const kalmar = join(packageDir, 'config/tariffs/kalmar-energi-n4-2024.json');
    const atStake = async (more: Record<string, string>) => {
      const { printed } = await report(dir.path, [], { load, tariff: kalmar, json: true, ...more });
      const { total } = JSON.parse(printed);
      expect(total.peaks).toBe(2);
      return total.money[0].atStake;
    };
    // Two hours of 70 kW: with one of them less, the 10 kW above 60 kW would not be billed.
    const more = (await atStake({ 'subscribed-kw': '60' })) - (await atStake({}));
    expect(more).toBeCloseTo((2 * 10 * 124) / 12, 2);
  });

  it('refuses a span in which there is no load, before and after it', async () => {
    await using dir = await openTempDir();
    const rows = Array.from({ length: 48 }, (_, n) => `${isoTime(FROM + n * HOUR_MS)},${loadOf(n)}`);
    const load = join(dir.path, 'house.csv');
    await writeFile(load, `time,kw\n${rows.join('\n')}\n`);
    const tariff = join(packageDir, 'config/tariffs/goteborg-energi-2025.json');
    for (const span of [
      { from: '2040-01-01' },
      { to: '2010-01-01' },
      { from: '2040-01-01', to: '2040-02-01' },
    ]) {
      await expect(report(dir.path, [], { load, tariff, ...span })).rejects.toThrow(
        '--from, --to: no load is known between them; the load is of',
      );
    }
  });

  it('takes readings as replay does: register meters, and tells the same as for the load that they give', async () => {
    await using dir = await openTempDir();
    let wh = 0;
    const rows = Array.from({ length: 12 * 24 * 12 }, (_, n) => {
      const line = `${isoTime(FROM + n * 300_000)},m1,activeEnergyWh,${wh}`;
      wh += (loadOf(Math.floor(n / 12)) * 1000) / 12;
      return line;
    });
    const readings = join(dir.path, 'readings.csv');
    await writeFile(readings, `time,device,quantity,value\n${rows.join('\n')}\n`);
    const places = join(dir.path, 'places.yaml');
    const devices = join(dir.path, 'devices.csv');
    await writeFile(
      places,
      'organisation: { id: o, name: O, timeZone: Europe/Stockholm }\nareas: [{ id: a, name: A, buildings: [{ id: b1, name: B1, tariff: goteborg-energi-2025 }] }]\n',
    );
    await writeFile(devices, 'device,model,building,space,role\nm1,kvarter,b1,,electricityMain\n');
    const config = join(dir.path, 'kvarter.yaml');
    await writeFile(config, `register: { places: ${places}, devices: ${devices} }\n`);
    const { printed } = await report(dir.path, [readings], { config, json: true });
    const { buildings } = JSON.parse(printed);
    expect(buildings[0]).toMatchObject({ building: 'b1', peaks: 3 });
    expect(buildings[0].billed.map(({ from }: { from: string }) => new Date(from).getUTCHours())).toEqual([
      7, 7, 7,
    ]);
  });

  it('reports on an area that is billed as one, by the load of its buildings together', async () => {
    await using dir = await openTempDir();
    const rows = Array.from({ length: 4 * 24 * 4 }, (_, n) => {
      const time = isoTime(FROM + n * 900_000);
      const hour = Math.floor(n / 4);
      const [a, b] = [
        20 + (hour % 24 === 8 ? 30 : 0),
        20 + (hour % 24 === 18 ? 40 + Math.floor(hour / 24) * 5 : hour % 7),
      ];
      return `${time},m1,activePowerW,${a * 1000}\n${time},m2,activePowerW,${b * 1000}`;
    });
    const [readings, commands] = [join(dir.path, 'readings.csv'), join(dir.path, 'commands.ndjson')];
    await writeFile(readings, `time,device,quantity,value\n${rows.join('\n')}\n`);
    const held = { at: isoTime(FROM + 42 * HOUR_MS), until: isoTime(FROM + 43 * HOUR_MS), accepted: true };
    await writeFile(commands, JSON.stringify({ building: 'b1', powerKw: 10, ...held }));
    const [places, devices] = [join(dir.path, 'places.yaml'), join(dir.path, 'devices.csv')];
    await writeFile(
      places,
      'organisation: { id: o, name: O, timeZone: Europe/Stockholm }\nareas: [{ id: a, name: A, tariff: goteborg-energi-2025, buildings: [{ id: b1, name: B1 }, { id: b2, name: B2 }] }]\n',
    );
    await writeFile(
      devices,
      'device,model,building,space,role\nm1,kvarter,b1,,electricityMain\nm2,kvarter,b2,,electricityMain\n',
    );
    const config = join(dir.path, 'kvarter.yaml');
    await writeFile(config, `register: { places: ${places}, devices: ${devices} }\n`);
    const { printed } = await report(dir.path, [readings], { config, commands, json: true });
    const { buildings } = JSON.parse(printed);
    expect(buildings.map(({ building }: { building: string }) => building)).toEqual(['area:a', 'b1', 'b2']);
    const [area] = buildings;
    expect(area.billed.map(({ kw }: { kw: number }) => Math.round(kw))).toEqual([95, 90, 85]);
    expect(area.alerts).toBeGreaterThan(0);
    expect(area.money[0].saved).toBeGreaterThan(0);
  });

  it('reports on district heating by its meters, tariff and guard, from readings as from a load', async () => {
    await using dir = await openTempDir();
    const heatTariff = join(packageDir, 'config/tariffs/hedemora-heat-2024.json');
    // Days of 20 kW, those of 40 on the 20th and the 30th the coldest. The electricity beside it has peaks of its own.
    const kwOf = (hour: number) => ([20, 30].includes(Math.floor(hour / 24)) ? 40 : 20 + (hour % 24) / 10);
    const hours = Array.from({ length: 40 * 24 }, (_, n) => n);
    let wh = 0;
    const rows = hours.flatMap((n) =>
      Array.from({ length: 4 }, (_, quarter) => {
        const time = isoTime(FROM + n * HOUR_MS + quarter * (HOUR_MS / 4));
        const row = `${time},h1,heatEnergyWh,${wh}\n${time},m1,activePowerW,${loadOf(n) * 1000}`;
        wh += kwOf(n) * 250;
        return row;
      }),
    );
    const [readings, load] = [join(dir.path, 'readings.csv'), join(dir.path, 'house.csv')];
    await writeFile(readings, `time,device,quantity,value\n${rows.join('\n')}\n`);
    await writeFile(
      load,
      `time,kw\n${hours.map((n) => `${isoTime(FROM + n * HOUR_MS)},${kwOf(n)}`).join('\n')}\n`,
    );
    const [places, devices] = [join(dir.path, 'places.yaml'), join(dir.path, 'devices.csv')];
    await writeFile(
      places,
      'organisation: { id: o, name: O, timeZone: Europe/Stockholm }\nareas: [{ id: a, name: A, buildings: [{ id: b1, name: B1, tariff: goteborg-energi-2025, heatTariff: hedemora-heat-2024 }, { id: b2, name: B2 }] }]\n',
    );
    await writeFile(
      devices,
      'device,model,building,space,role\nm1,kvarter,b1,,electricityMain\nh1,kvarter,b1,,heatMain\n',
    );
    const config = join(dir.path, 'kvarter.yaml');
    await writeFile(config, `register: { places: ${places}, devices: ${devices} }\n`);
    type Billed = { from: string; inTime: boolean };
    const told = async (files: string[], values: Record<string, string>) => {
      const { printed } = await report(dir.path, files, { ...values, config, carrier: 'heat', json: true });
      const { carrier, buildings } = JSON.parse(printed);
      expect(carrier).toBe('heat');
      return buildings.map(({ building, billed }: { building: string; billed: Billed[] }) => [
        building,
        ...billed.map(({ from, inTime }) => [from.slice(0, 10), inTime]),
      ]);
    };
    const cold = [
      ['2026-01-20', true],
      ['2026-01-30', true],
    ];
    expect(await told([readings], {})).toEqual([['b1', ...cold]]);
    expect(await told([], { load, tariff: heatTariff })).toEqual([['house', ...cold]]);
    // Of electricity nothing of it is seen.
    const electricity = JSON.parse((await report(dir.path, [readings], { config, json: true })).printed);
    expect([electricity.carrier, electricity.total.peaks]).toEqual(['electricity', 6]);
  });

  it('says when nothing guards what is asked for', async () => {
    await using dir = await openTempDir();
    const [config, rules] = [join(dir.path, 'kvarter.yaml'), join(dir.path, 'rules.yaml')];
    await writeFile(rules, 'rules: [{ type: peak-guard, severity: critical }]\n');
    await writeFile(config, `rules: ${rules}\n`);
    await writeFile(
      join(dir.path, 'house.csv'),
      `time,kw\n${isoTime(FROM)},1\n${isoTime(FROM + HOUR_MS)},1\n`,
    );
    const values = { config, load: join(dir.path, 'house.csv'), tariff, carrier: 'heat' };
    await expect(report(dir.path, [], values)).rejects.toThrow(
      'the rules have no entry of peak-guard with carrier: heat',
    );
  });

  it.each([
    [['a.csv'], { carrier: 'gas' }, /--carrier: must be electricity or heat/],
    [['a.csv'], { carrier: 'heat', commands: 'c.ndjson' }, /--commands: only of electricity/],
    [[], { load: 'a.csv' }, /--load FILE and --tariff FILE together/],
    [['a.csv'], { load: 'a.csv', tariff }, /either FILE… or --load/],
    [['a.csv'], { url: 'http://127.0.0.1:1' }, /--url: only without/],
    [[], { load: 'a.csv', tariff, 'lead-minutes': 'x' }, /--lead-minutes x/],
    [['a.csv'], { 'subscribed-kw': '60' }, /--subscribed-kw: only with --load/],
  ])('refuses %j with %j', async (files, values, says) => {
    await expect(report(packageDir, files, values)).rejects.toThrow(says);
  });
});
