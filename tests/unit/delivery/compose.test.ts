import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadTemplates } from '../../../src/config/templates.ts';
import { compose } from '../../../src/delivery/compose.ts';
import { registerOf } from '../../support/readings.ts';
import { news } from './news.ts';

const wordings = loadTemplates(join(import.meta.dirname, '../../../config/templates'));

function textOf(begins: string, windowTo: string): string {
  const told = news('new', {
    startsAtMs: Date.parse(begins),
    title: 'A peak is on its way',
    detail: `It lasts until ${new Date(windowTo).toISOString()}.`,
  });
  const message = {
    id: 'm1',
    recipient: 'caretaker',
    kind: 'new',
    isUrgent: true,
    createdMs: Date.parse(begins),
    attempts: 0,
    news: [told],
    earlier: [],
  } as const;
  const wording = wordings.get('en')!;
  return compose(message, {
    wording,
    register: registerOf([{}], []),
    typeOf: () => 'no words of its own',
    link: undefined,
  }).text;
}

test('times are on the clock of the organisation', () => {
  const text = textOf('2026-10-25T01:10:00+02:00', '2026-10-25T03:00:00+01:00');
  expect(text).toContain('Since: 2026-10-25 01:10\n');
  expect(text).toContain('It lasts until 2026-10-25 03:00.');
});

test('in the hour that the clock shows twice they say which of the two is meant', () => {
  const text = textOf('2026-10-25T02:10:00+02:00', '2026-10-25T02:00:00+01:00');
  expect(text).toContain('Since: 2026-10-25 02:10 (UTC+2)\n');
  expect(text).toContain('It lasts until 2026-10-25 02:00 (UTC+1).');
});
