import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formats, knowsModel } from '../../../src/decode/index.ts';
import { findModel, models } from '../../../src/decode/models.ts';
import { conventions } from '../../../src/decode/values.ts';

const readme = readFileSync(join(import.meta.dirname, '../../../src/decode/README.md'), 'utf8');

describe('the README lists exactly what the code reads', () => {
  it.each(Object.entries(decodeTable()))('%s', (heading, rows) => {
    expect(tableUnder(heading)).toEqual(rows);
  });
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

/** The README's tables, made from the code: heading → rows of cells. */
function decodeTable(): Record<string, readonly (readonly string[])[]> {
  const code = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(', ');
  return {
    Formats: formats.map(({ name, title, topics }) => [
      code([name]),
      title,
      topics.length > 0 ? code(topics) : 'any, known by its shape',
    ]),
    Models: models.map(({ name, aliases, title }) => [code([name]), code(aliases), title]),
    'Fields of decoded objects': conventions.map(({ names, unit, quantity }) => [
      code(names),
      unit,
      code([quantity]),
    ]),
  };
}

function tableUnder(heading: string): readonly (readonly string[])[] {
  const [, section = ''] = readme.split(`\n## ${heading}\n`);
  const [body = ''] = section.split('\n## ');
  const lines = body.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}
