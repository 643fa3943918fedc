import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { knowsModel } from '../../../src/decode/index.ts';
import { findModel, models } from '../../../src/decode/models.ts';
import { withTables } from './readme-tables.ts';

const readme = readFileSync(join(import.meta.dirname, '../../../src/decode/README.md'), 'utf8');

it("the README's tables are those of the definitions: npm run fix writes them", () => {
  expect(withTables(readme)).toBe(readme);
});

it('a README without a table to fill is no README', () => {
  expect(() => withTables('# Decoders\n')).toThrow('Formats');
  expect(() => withTables('\n## Formats\n\n## Models\n')).toThrow('no table');
});

describe('a model is found by its name', () => {
  it.each([
    ['elsys-ers', 'elsys'],
    ['Elsys ERS CO2', 'elsys'],
    ['ELSYS_ELT', 'elsys'],
    ['milesight-em400-mud', 'milesight-em400'],
    ['EM400-TLD', 'milesight-em400'],
    ['em500', undefined],
    ['', undefined],
  ])('%j → %s', (name, expected) => {
    expect(findModel(name)?.name).toBe(expected);
  });

  it('and no name stands for two', () => {
    for (const model of models) {
      for (const name of [model.name, ...model.aliases]) expect(findModel(name)).toBe(model);
    }
  });

  it.each([
    ['kvarter', true],
    ['ChirpStack', true],
    ['things_stack', true],
    ['ams', true],
    ['Elsys ELT', true],
    ['unheard-of', false],
    ['', false],
  ])('the register may name %j: %s', (name, isKnown) => {
    expect(knowsModel(name)).toBe(isKnown);
  });
});
