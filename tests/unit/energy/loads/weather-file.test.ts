import { expect, it } from 'vitest';
import { parseWeatherFile } from '../../../../src/energy/loads/weather-file.ts';

const timeZone = 'Europe/Stockholm';

it.each([
  'time,temperature',
  'time,temperatureC',
  'datetime,air_temperature [degC]',
  'timestamp,"Outdoor temperature (°C)"',
  'Time,Temp',
  'DateTime,airTemperatureC',
])('reads the header %s', (header) => {
  const file = parseWeatherFile(`${header}\n2026-01-15T06:00Z,-3.5\n2026-01-15T07:00Z,\n`, { timeZone });
  expect(file).toMatchObject({
    ok: true,
    weather: { fromMs: Date.UTC(2026, 0, 15, 6), spacingMs: 3_600_000 },
  });
  expect(file.ok && [...file.weather.temperatureC]).toEqual([-3.5, Number.NaN]);
});

it('reads semicolons with decimal commas, and passes over names that hold a separator', () => {
  const text = 'time;"a; b";Temp\n2026-01-15T06:00Z;x;-3,5\n2026-01-15T07:00Z;"y; z";2\n';
  const file = parseWeatherFile(text, { timeZone });
  expect(file.ok && [...file.weather.temperatureC]).toEqual([-3.5, 2]);
});

it('takes times that the zone never showed for UTC, and says so', () => {
  const text = 'time,temperature\n2026-03-29 01:00,1\n2026-03-29 02:00,2\n2026-03-29 03:00,3\n';
  const file = parseWeatherFile(text, { timeZone });
  expect(file).toMatchObject({ ok: true, weather: { fromMs: Date.UTC(2026, 2, 29, 1) } });
  expect(file.ok && file.notes[0]?.message).toMatch('they are taken for UTC');
});

it('names the line of what is wrong, and the columns that are not there', () => {
  const wrong = (text: string) => {
    const file = parseWeatherFile(text, { timeZone });
    return file.ok ? [] : file.problems.map(({ line, message }) => `${line}: ${message}`);
  };
  expect(wrong('time,temperature\n2026-01-15T06:00Z,cold\n')[0]).toMatch('2: temperature "cold" is not');
  expect(wrong('time,humidity\n2026-01-15T06:00Z,80\n')[0]).toMatch(/^1: .*temperature/);
});
