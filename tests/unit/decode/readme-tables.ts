import type { Carried } from '../../../src/decode/decode.ts';
import { formats } from '../../../src/decode/index.ts';
import { models } from '../../../src/decode/models.ts';
import { phraseList } from '../../../src/decode/names.ts';
import { conventions } from '../../../src/decode/values.ts';
import { quantities } from '../../../src/domain/quantity.ts';

/** A README in which each table stands as the definitions say. Rows are not aligned: a new row is one new line. */
export function withTables(readme: string): string {
  return Object.entries(tables()).reduce((text, [heading, { head, rows }]) => {
    const [before, after] = text.split(`\n## ${heading}\n`);
    if (before === undefined || after === undefined) throw new Error(`the README has no "## ${heading}"`);
    const lines = after.split('\n');
    const from = lines.findIndex((line) => line.startsWith('|'));
    if (from < 0) throw new Error(`"## ${heading}" has no table`);
    const length = lines.slice(from).findIndex((line) => !line.startsWith('|'));
    lines.splice(from, length, row(head), row(head.map(() => '---')), ...rows.map(row));
    return `${before}\n## ${heading}\n${lines.join('\n')}`;
  }, readme);
}

type Table = { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] };

function tables(): Readonly<Record<string, Table>> {
  return {
    Formats: {
      head: ['Name', 'Reads', 'Topics', 'Gives', 'Usually every'],
      rows: formats.map(({ name, title, topics, carries, usualMinutes, handsOnBytes }) => [
        code([name]),
        title,
        topics.length > 0 ? code(topics) : 'any, known by its shape',
        handsOnBytes ? `what the model gives, and ${given(carries)}` : given(carries),
        usually(usualMinutes),
      ]),
    },
    Models: {
      head: ['Name', 'Also', 'Reads', 'Gives', 'Usually every'],
      rows: models.map(({ name, aliases, title, carries, usualMinutes }) => [
        code([name]),
        code(aliases),
        title,
        given(carries),
        usually(usualMinutes),
      ]),
    },
    'Not confirmed': {
      head: ['Name', 'What public documentation did not say'],
      rows: [...formats, ...models].flatMap(({ name, unconfirmed = [] }) =>
        unconfirmed.map((says) => [code([name]), says]),
      ),
    },
    'Names that somebody chose': {
      head: ['Name', 'Its unit when none is said', 'Quantity'],
      rows: phraseList.map(([texts, ...meant]) => [
        code(texts.split(' ')),
        meant
          .map(({ unit, quantity }) => unit || (quantity === undefined || unit === '' ? '–' : 'must be said'))
          .join('; '),
        meant
          .flatMap(({ quantity, claim }) => [
            ...(quantity === undefined ? [] : [code([quantity])]),
            ...(claim === undefined ? [] : [`true, false: ${code([claim])}`]),
          ])
          .join('; '),
      ]),
    },
    'Fields of decoded objects': {
      head: ['Field', 'Its unit', 'Quantity'],
      rows: conventions.map(({ names, unit, quantity }) => [code(names), unit, code([quantity])]),
    },
  };
}

function given(carries: readonly Carried[]): string {
  const names = new Set(carries.map(({ quantity }) => quantity));
  return names.size === Object.keys(quantities).length ? 'every quantity' : code([...names]);
}

function usually(minutes: number | undefined): string {
  if (minutes === undefined) return '–';
  if (minutes < 1) return `${Math.round(minutes * 60)} s`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`;
}

function code(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
