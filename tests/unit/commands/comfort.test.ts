import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { comfort } from '../../../src/commands/comfort.ts';
import { isoTime } from '../../../src/domain/time.ts';
import { openTempDir } from '../../support/temp-dir.ts';

const packageDir = join(import.meta.dirname, '../../..');
const HOUR_MS = 3_600_000;
const T0 = Date.UTC(2026, 0, 11, 23);

const places = `
organisation: { id: o, name: O, timeZone: Europe/Stockholm }
areas:
  - id: a
    name: A
    buildings:
      - { id: b1, name: B1, spaces: [{ id: f1, kind: flat }, { id: f2, kind: flat }, { id: f3, kind: flat }, { id: c1, kind: classroom }] }
`;
const devices = `device,model,building,space,role
s1,kvarter,b1,f1,room
s2,kvarter,b1,f2,room
s3,kvarter,b1,f3,room
s4,kvarter,b1,c1,room
out,kvarter,b1,,outdoor
`;
/** Two days: f1 is cold, and its window stood open once; the classroom counts for nothing. */
const rows = Array.from({ length: 48 }, (_, hour) => {
  const time = isoTime(T0 + hour * HOUR_MS);
  return [
    `${time},s1,airTemperatureC,${hour === 30 ? 15 : 19}`,
    `${time},s2,airTemperatureC,22.5`,
    `${time},s3,airTemperatureC,22.6`,
    `${time},s4,airTemperatureC,12`,
    `${time},out,outdoorTemperatureC,-3`,
  ].join('\n');
}).join('\n');

async function openDistrict() {
  const dir = await openTempDir();
  await writeFile(join(dir.path, 'places.yaml'), places);
  await writeFile(join(dir.path, 'devices.csv'), devices);
  await writeFile(
    join(dir.path, 'kvarter.yaml'),
    'register: { places: places.yaml, devices: devices.csv }\n',
  );
  const file = join(dir.path, 'rooms.csv');
  await writeFile(file, `time,device,quantity,value\n${rows}\n`);
  const run = async (values: Record<string, string | boolean>, files = [file]) => {
    const printed: string[] = [];
    const code = await comfort.run(
      {
        places: { cwd: dir.path, packageDir, environment: {} },
        version: '0.0.0',
        clock: Date.now,
        print: (text) => printed.push(text),
        complain: () => undefined,
        taken: async () => {},
        inputChunks: async function* () {},
        terminal: undefined,
        stop: new AbortController().signal,
      },
      { files, values: { config: join(dir.path, 'kvarter.yaml'), ...values } },
    );
    return { code, printed: printed.join('') };
  };
  return { run, [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose]() };
}

describe('kvarter comfort', () => {
  it('says from files how flats are, and why: the answer of the service', async () => {
    await using district = await openDistrict();
    const { code, printed } = await district.run({ json: true });
    expect(code).toBe(0);
    const { from, to, buildings } = JSON.parse(printed);
    expect([from, to]).toEqual([isoTime(T0), isoTime(T0 + 48 * HOUR_MS)]);
    expect(buildings).toMatchObject([
      { building: 'b1', flats: 3, inBand: 0.667, verdict: 'curveTooHigh', medianC: 22.5 },
    ]);
    expect(buildings[0].coldest.map(({ space }: { space: string }) => space)).toEqual(['f1', 'f2', 'f3']);
    expect(buildings[0].coldest[0]).toMatchObject({
      tooCold: 1,
      severelyCold: 0.021,
      falls: [{ kind: 'window', fellC: 4 }],
    });
  });

  it('shows people the coldest, what happened there, and what to do', async () => {
    await using district = await openDistrict();
    const { printed } = await district.run({ coldest: '1', from: '2026-01-13' });
    expect(printed).toContain('for the sake of the coldest: balance its radiators');
    expect(printed).toMatch(/^f1 +0\.0 % +100\.0 %/m);
    expect(printed).not.toMatch(/^f2/m);
    expect(printed).toMatch(/f1: a window stood open, 4\.0 °C down/);
  });

  it.each([
    [{ building: 'b9' }, /no building b9/],
    [{ building: 'b1', area: 'a' }, /not both/],
    [{ from: '2030-01-01' }, /no readings of rooms in the span/],
    [{ url: 'http://127.0.0.1:1' }, /only without FILE/],
  ])('refuses %j', async (values, says) => {
    await using district = await openDistrict();
    await expect(district.run(values)).rejects.toThrow(says);
  });
});
