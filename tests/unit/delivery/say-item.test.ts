import { expect, it, test } from 'vitest';
import { sayAlert } from '../../../src/delivery/say-alert.ts';
import { sayItem } from '../../../src/delivery/say-item.ts';
import type { Said, Wording } from '../../../src/delivery/words.ts';
import { wordsSchemaOf } from '../../../src/delivery/words.ts';
import type { Alert } from '../../../src/domain/alert.ts';
import { registerOf } from '../../support/readings.ts';
import { alert, MINUTE_MS, T0 } from '../alerts/findings.ts';
import { news } from './news.ts';

/** Swedish, with these words for the rule `high-co2`. */
function wordingOf(
  alerts: readonly (Partial<Omit<Said, 'title' | 'detail'>> & { readonly detail: string })[],
): Wording {
  const words = wordsSchemaOf(['high-co2']).parse({
    severities: { info: 'Info', warning: 'Varning', critical: 'Kritiskt' },
    service: 'kvarter',
    quantities: { airTemperatureC: 'lufttemperatur' },
    sure: { chance: '{{pct}} %', times: '{{times}} gånger', held: 'i {{lasted}}', measured: 'mätt' },
    alerts: { 'high-co2': alerts.map((said) => ({ title: '  Det är så  ', ...said })) },
  });
  const none = { subject: [], body: [] };
  const messages = { new: none, escalated: none, resolved: none, group: none, summary: none };
  return { language: 'sv', messages, words };
}

const said = (about: Partial<Alert>, ...alerts: Parameters<typeof wordingOf>[0]) =>
  sayAlert(alert(about), {
    wording: wordingOf(alerts),
    type: 'high-co2',
    building: 'Gatan 1',
    time: (atMs) => `kl ${new Date(atMs).toISOString().slice(11, 16)}`,
  });

it.each<[what: string, about: Partial<Alert>, detail: string, says: string]>([
  ['a number, as the language writes it', { facts: { x: 12345.678 } }, '{{x}}', '12345,68'],
  ['what people read of it', { facts: { loadW: 22_119 } }, '{{loadWShown}}', '22,1 kW'],
  ['a moment, on the local clock', { facts: { since: '2026-01-15T06:30:00Z' } }, '{{since}}', 'kl 06:30'],
  ['a chance in per cent', { facts: { chance: 0.846 } }, '{{chancePct}} %', '85 %'],
  ['what is true', { facts: { a: true, b: false } }, '{{#a}}a{{/a}}{{^b}}inte b{{/b}}', 'ainte b'],
  [
    'a list of records',
    { facts: { loads: [{ name: 'värme', kw: 1.5 }, { name: 'fläkt' }] } },
    '{{#loads}}{{name}}{{#kw}} {{kw}}{{/kw}};{{/loads}}',
    'värme 1,5;fläkt;',
  ],
  ['a list of words', { facts: { days: ['mån', 'tis'] } }, '{{#days}}{{item}} {{/days}}', 'mån tis'],
  ['what is nothing as not there', { facts: { x: null, y: { z: 1 } } }, '{{^x}}-{{/x}}{{^y}}-{{/y}}', '--'],
  ['a flat', { space: 'F1' }, '{{place}} {{space}}{{^device}}.{{/device}}', 'F1 F1.'],
  ['a device', { device: 'S1' }, '{{place}} {{device}}{{^space}}.{{/space}}', 'S1 S1.'],
  ['a device in a flat', { space: 'F1', device: 'S1' }, '{{place}}', 'F1 (S1)'],
  ['a building as a whole', {}, '[{{place}}] {{building}}, {{severity}}', '[] Gatan 1, Varning'],
  [
    'a quantity that has a name',
    { quantity: 'airTemperatureC' },
    '{{quantity}} {{quantityName}} {{unit}}',
    'lufttemperatur lufttemperatur °C',
  ],
  ['one that has none', { quantity: 'co2Ppm' }, '{{quantity}} {{quantityName}} {{unit}}', 'CO₂ CO₂ ppm'],
  ['one that its facts name', { facts: { quantity: 'co2Ppm' } }, '{{quantity}}', 'CO₂'],
  [
    'none',
    { facts: { quantity: 'colour' } },
    '[{{quantity}}]{{^quantityName}}{{^unit}}.{{/unit}}{{/quantityName}}',
    '[].',
  ],
])('words may name %s', (_, about, detail, says) => {
  expect(said(about, { detail: ` ${detail} ` })).toEqual({ title: 'Det är så', detail: says.trim() });
});

it('the first words that fit hold: by state, by facts, and when all that they name is there', () => {
  const words = [
    { detail: 'över', state: 'resolved' as const },
    { detail: 'kallt', when: { kind: 'cold', isNew: true } },
    { detail: '{{x}}' },
  ];
  const of = (about: Partial<Alert>) => said(about, ...words).detail;
  expect(of({ state: 'resolved', facts: {} })).toBe('över');
  expect(of({ state: 'firing', facts: { kind: 'cold', isNew: true, x: 1 } })).toBe('kallt');
  expect(of({ state: 'firing', facts: { kind: 'cold', x: 1 } })).toBe('1');
  // Where none do the rule's own hold.
  expect(of({ state: 'firing', facts: {} })).toBe('CO₂ is 1500 ppm. Open a window.');
});

const register = registerOf(
  [
    {
      id: 'b1',
      name: 'Gatan 1',
      spaces: [
        { id: 'F1', kind: 'flat', name: 'Lägenhet 1' },
        { id: 'F2', kind: 'flat', name: 'F2' },
      ],
    },
  ],
  [],
);
const options = {
  wording: wordingOf([]),
  register,
  typeOf: (rule: string) => rule,
  link: undefined,
};
const item = (about: Partial<Alert>, kind: 'new' | 'escalated' | 'resolved' = 'new') =>
  sayItem(news(kind, { building: 'b1', ...about }), options);

test('an item is about a place by its name, which stands beside the title where that does not have it', () => {
  expect(item({ title: 'It is cold' })).toMatchObject({
    title: 'It is cold',
    building: 'Gatan 1',
    where: 'Gatan 1',
  });
  expect(item({ title: 'Gatan 1: it is cold' })).toMatchObject({ title: 'it is cold', where: 'Gatan 1' });
  expect(item({ title: 'It is cold in Gatan 1' })).toMatchObject({
    title: 'It is cold in Gatan 1',
    where: '',
  });
  expect(item({ building: 'organisation:o' }).building).toBe(register.organisation.name);
  expect([item({ space: 'F1' }).space, item({ space: 'F2' }).space, item({}).space]).toEqual([
    'Lägenhet 1 (F1)',
    'F2',
    '',
  ]);
  expect([item({ device: 'S1' }).device, item({}).device]).toEqual(['S1', '']);
});

test('an item began when its rule says, and lasts until it ended or was told', () => {
  const since = new Date(T0 - 90 * MINUTE_MS).toISOString();
  expect(item({ facts: { since } })).toMatchObject({ startsAt: '2026-01-15 06:30', minutes: 92, endsAt: '' });
  // Told two minutes after it began, and over after ten.
  expect(item({})).toMatchObject({ startsAt: '2026-01-15 08:00', minutes: 2, lasted: '2 min' });
  expect(item({}, 'resolved')).toMatchObject({ endsAt: '2026-01-15 08:10', minutes: 10 });
  const later = new Date(T0 + MINUTE_MS).toISOString();
  expect(item({ facts: { since: later } }).startsAt).toBe('2026-01-15 08:00');
});

test('an item says what became of it, and its facts one by one', () => {
  const states = (['new', 'escalated', 'resolved'] as const).map((kind) => {
    const { isNew, isEscalated, isOver } = item({}, kind);
    return [isNew, isEscalated, isOver];
  });
  expect(states).toEqual([
    [true, false, false],
    [false, true, false],
    [false, false, true],
  ]);
  expect(item({ facts: { ppm: 1500, isNew: true, list: [1], kind: 'co2' } }).facts).toEqual([
    { name: 'ppm', value: '1500' },
    { name: 'isNew', value: 'true' },
    { name: 'kind', value: 'co2' },
  ]);
});

test.each<[facts: Alert['facts'], sure: string]>([
  [{ chance: 0.846 }, '85 %'],
  [{ timesLimit: 12.345 }, '12,3 gånger'],
  [{ ppm: 1500 }, 'i 2 min'],
])('why %j can be believed is said in the words of the language: %s', (facts, sure) => {
  expect(item({ facts }).sure).toBe(sure);
});
