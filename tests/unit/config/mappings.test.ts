import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadMappings, watchMappings } from '../../../src/config/mappings.ts';
import { knowsModel } from '../../../src/decode/index.ts';
import { openTempDir } from '../../support/temp-dir.ts';

const context = { isTaken: knowsModel };
const good = 'name: acme\ntopics: ["acme/{device}"]\nvalues: [{ pointer: /t, quantity: airTemperatureC }]\n';

describe('the folder of mappings', () => {
  it('is empty when it is not there', () => {
    expect(loadMappings('/nowhere/at/all', context)).toEqual([]);
  });

  it('names every fault at its file and line', async () => {
    await using dir = await openTempDir();
    const files = {
      'a.yaml':
        'name: a\ntopics: ["a/{device}"]\nvalues:\n  - { pointer: /t, quantity: airTemperature }\n  - pointer: t\n    quantity: activeEnergyWh\n    unit: °C\n',
      'b.yaml': 'name: b\ntopics: [a/b]\nvalue: []\nvalues: [{ pointer: /t, quantity: co2Ppm, scale: 0 }]\n',
      'c.yaml': 'name: ams\ntopics: ["c/#/{device}"]\nvalues: [{ pointer: /t, quantity: co2Ppm }]\n',
      'd.yaml': 'name: d\n  topics: x\n',
      'e.yml': `${good}time: { pointer: /x, format: "HH:mm", zone: Mars }\n`,
      'f.yaml': good,
      'g.yaml': good,
      'notes.txt': 'not read',
    };
    for (const [name, text] of Object.entries(files)) await writeFile(join(dir.path, name), text);
    let message = '';
    try {
      loadMappings(dir.path, context);
    } catch (error) {
      message = String(error);
    }
    const lines = message.replaceAll(`${dir.path}/`, '').split('\n');
    const says = (pattern: RegExp) =>
      expect(
        lines.filter((line) => pattern.test(line)),
        message,
      ).toHaveLength(1);
    says(/a\.yaml:4:\d+: values\.0\.quantity: .*near: airTemperatureC/);
    says(/a\.yaml:5:\d+: values\.1\.pointer: not a JSON pointer/);
    says(/b\.yaml:3:1: value: unknown key: .*README\.md/);
    says(/b\.yaml:4:\d+: values\.0\.scale: /);
    says(/c\.yaml:2:\d+: topics\.0: not a topic filter/);
    says(/d\.yaml:1:7: Nested mappings/);
    says(/e\.yml:4:\d+: time\.zone: not an IANA time zone/);
    says(/g\.yaml: name: acme is the name of the mapping in .*f\.yaml too/);
  });

  it('says units, placeholders, formats and names that do not fit', async () => {
    await using dir = await openTempDir();
    const cases: readonly (readonly [string, RegExp])[] = [
      [good.replace('/t,', '/t, unit: kWh,'), /values\.0\.unit: kWh is not a unit of airTemperatureC/],
      [good.replace('{device}', 'room'), /topics\.0: no level is \{device\}/],
      [`${good}time: { pointer: /x, format: "HH:mm" }\n`, /time\.format: not one of iso, epochSeconds/],
      [good.replace('name: acme', 'name: elsys-ers'), /elsys-ers is the name of a format or model/],
      [`${good}when: { pointer: /x }\n`, /when.*says what must hold|when/],
    ];
    for (const [text, pattern] of cases) {
      await writeFile(join(dir.path, 'a.yaml'), text);
      expect(() => loadMappings(dir.path, context)).toThrow(pattern);
    }
  });

  it('is read again when a file comes, changes or goes; what is wrong leaves what was', async () => {
    await using dir = await openTempDir();
    const folder = join(dir.path, 'mappings');
    const log = { info: () => undefined, error: () => undefined };
    using source = watchMappings(folder, context, log, 5);
    const names = () => source.current().map(({ name }) => name);
    expect(names()).toEqual([]);
    await mkdir(folder);
    await writeFile(join(folder, 'a.yaml'), good);
    await expect.poll(names).toEqual(['acme']);
    await writeFile(join(folder, 'b.yaml'), 'name: B');
    await expect.poll(source.problem).toContain('b.yaml');
    expect(names()).toEqual(['acme']);
    await rm(join(folder, 'b.yaml'));
    await rm(join(folder, 'a.yaml'));
    await expect.poll(names).toEqual([]);
    expect(source.problem()).toBeUndefined();
  });
});
