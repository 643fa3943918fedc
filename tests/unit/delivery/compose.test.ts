import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadTemplates } from '../../../src/config/templates.ts';
import type { Outgoing } from '../../../src/delivery/channel.ts';
import { compose } from '../../../src/delivery/compose.ts';
import type { MessageKind, News } from '../../../src/delivery/plan.ts';
import type { Language } from '../../../src/delivery/settings.ts';
import type { Building } from '../../../src/domain/register.ts';
import { registerOf } from '../../support/readings.ts';
import { news } from './news.ts';

const wordings = loadTemplates(join(import.meta.dirname, '../../../config/templates'));

function messageOf(
  told: readonly News[],
  {
    kind = told[0]!.kind,
    language = 'en',
    buildings = [{}],
    link,
    earlier = [],
  }: {
    link?: string;
    earlier?: readonly string[];
    kind?: MessageKind;
    language?: Language;
    buildings?: readonly Partial<Building>[];
  } = {},
): Outgoing {
  const about = { id: 'm1', recipient: 'caretaker', kind, isUrgent: true, createdMs: 0, attempts: 0 };
  return compose(
    { ...about, news: told, earlier },
    {
      wording: wordings.get(language)!,
      register: registerOf(buildings, []),
      typeOf: () => 'no words of its own',
      link,
    },
  );
}

function textOf(begins: string, windowTo: string): string {
  const told = news('new', {
    startsAtMs: Date.parse(begins),
    title: 'A peak is on its way',
    detail: `It lasts until ${new Date(windowTo).toISOString()}.`,
  });
  return messageOf([told]).text;
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

test('a name is one line of a bearable length, whatever the register says', () => {
  const named = (name: string) =>
    messageOf([news('new', { building: 'b1', title: 'It is cold' })], { buildings: [{ id: 'b1', name }] });
  const broken = named('Åsen\r\nBcc: ond@example.se\u0000\u202e🏠');
  expect(broken.subject).toBe('Warning: It is cold (Åsen Bcc: ond@example.se 🏠)');
  expect(broken.text).toContain('\nBuilding: Åsen Bcc: ond@example.se 🏠\n');
  const long = named('Lång '.repeat(100));
  expect(long.subject).toBe(`Warning: It is cold (${'Lång '.repeat(16).slice(0, 79)}…)`);
});

test('a gateway that several buildings have is told once', () => {
  const facts = { kind: 'gateway', gateway: 'north' };
  const ids = Array.from({ length: 12 }, (_, n) => `b${12 - n}`);
  const silent = ids.map((building, row) =>
    news('new', { id: building, building, title: 'Gateway north is silent', facts }, { building, row }),
  );
  const other = news('new', { id: 'x', building: 'b1', title: 'It is cold' }, { building: 'b1', row: 99 });
  const buildings = ids.map((id) => ({ id, name: `Gatan ${id.slice(1)}` }));
  const { subject, text } = messageOf([...silent, other], { kind: 'group', buildings });
  expect(subject).toBe('Warning: Gateway north is silent (Gatan 1, Gatan 2, Gatan 3 +9), and 1 more');
  expect(text.match(/Gateway north is silent/g)).toHaveLength(1);
  expect(text).toContain('Warning: It is cold (Gatan 1)\n');
});

test('a message about several alerts says which of them nobody has taken on', () => {
  const told = ['x', 'y'].map((id, row) => news('escalated', { id, severity: 'critical' }, { row }));
  const { subject, text } = messageOf(told, { kind: 'group', language: 'sv' });
  expect(subject).toMatch(/^Ej kvitterat: .* och 1 till$/);
  expect(text.match(/^Ej kvitterat: /gm)).toHaveLength(2);
});

test('what goes on stands before what is over, the gravest first, each with its count', () => {
  const told = [
    news('resolved', { id: 'x', severity: 'critical', title: 'Over' }, { row: 1, kind: 'resolved' }),
    news('new', { id: 'y', severity: 'info', title: 'Mild' }, { row: 4 }),
    news('new', { id: 'z', severity: 'critical', title: 'Grave' }, { row: 3 }),
    news('new', { id: 'v', severity: 'critical', title: 'Grave too' }, { row: 2 }),
  ];
  const brief = messageOf(told, { kind: 'summary' });
  expect(brief.subject).toBe('4 alerts. Critical: Grave too (BYGG-1) …');
  expect(brief.text).toContain('the gravest first. Going on: 3. Over: 1.\n');
  expect(brief.text.match(/^.*: (Grave too|Grave|Mild|Over) /gm)?.map((line) => line.trim())).toEqual([
    'Critical: Grave too',
    'Critical: Grave',
    'Information: Mild',
    'Over: Over',
  ]);
  expect(brief).toMatchObject({ isOver: false, severity: 'critical' });
  const over = messageOf(told.slice(0, 1), { kind: 'summary' });
  expect(over.isOver).toBe(true);
  expect(over.text).toContain('the gravest first. Over: 1.\n');
});

test('what tells of several buildings belongs to no thread of one', () => {
  const of = (id: string, building: string) => news('new', { id, building }, { building });
  const earlier = ['m0'];
  expect(messageOf([of('x', 'b1'), of('y', 'b1')], { kind: 'group', earlier }).earlier).toEqual(earlier);
  expect(messageOf([of('x', 'b1'), of('y', 'b2')], { kind: 'group', earlier }).earlier).toEqual([]);
});

test('a message in brief leads to all that goes on, where kvarter shows it', () => {
  const told = ['x', 'y'].map((id, row) => news('new', { id }, { row }));
  const own = messageOf(told, { kind: 'summary', link: 'https://k.example/alerts/{id}' });
  expect(own.link).toBe('https://k.example/alerts');
  expect(own.text).toContain('All that goes on: https://k.example/alerts\n');
  const other = messageOf(told, { kind: 'summary', link: 'https://other.example/{id}' });
  expect(other.link).toBe('https://other.example/x');
  expect(other.text).not.toContain('All that goes on');
});
