import { describe, expect, it } from 'vitest';
import type { FlexibleLoad } from '../../../../src/domain/register.ts';
import { type CommandAsk, offTimes, planCommands } from '../../../../src/energy/guard/load-commands.ts';

const MINUTE = 60_000;
const NOW = 1_000 * MINUTE;
const limits = { minBetweenMs: 15 * MINUTE, mostPerBuildingDay: 6, staggerMs: MINUTE };
const load = (id: string, more: Partial<FlexibleLoad> = {}): FlexibleLoad => ({
  id,
  name: id,
  powerKw: 10,
  maxOffMinutes: 60,
  priority: 1,
  automatic: true,
  ...more,
});
const past = (id: string, from: number, to: number) => ({
  load: id,
  atMs: NOW + from * MINUTE,
  untilMs: NOW + to * MINUTE,
});

function plan(ask: Partial<CommandAsk>) {
  const { commands, withheld } = planCommands({
    wishes: [{ load: 'hp', minutes: 30 }],
    loads: [load('hp'), load('ev')],
    past: [],
    atMs: NOW,
    dayFromMs: 0,
    limits,
    ...ask,
  });
  return [
    ...commands.map(({ load: id, untilMs }) => `${id} off for ${(untilMs - NOW) / MINUTE}`),
    ...withheld.map(({ load: id, reason }) => `${id} ${reason}`),
  ];
}

describe('a wish becomes a command', () => {
  it('with a hard end, one after the other where several loads come back together', () => {
    const wishes = ['hp', 'ev'].map((id) => ({ load: id, minutes: 30 }));
    expect(plan({ wishes })).toEqual(['hp off for 30', 'ev off for 31']);
    // The last command of the building's day is one of them.
    const fans = [100, 90, 80, 70, 60].map((at) => past('fans', -at, -at + 1));
    expect(plan({ wishes, past: fans })).toEqual([
      'hp off for 30',
      'ev the loads of the building were told 6 times today, as often as they may be',
    ]);
  });

  it.each([
    ['is not in the register', { loads: [] }, []],
    ['may only be recommended', { loads: [load('hp', { automatic: false })] }, []],
    [
      'may only be recommended, but people do it',
      { loads: [load('hp', { automatic: false })], alsoManual: true },
      ['hp off for 30'],
    ],
    ['is off already for as long', { past: [past('hp', -5, 30)] }, []],
    ['is off already, for less', { past: [past('hp', -5, 10)] }, ['hp off for 30']],
    ['is off, and may be for little longer', { past: [past('hp', -40, 10)] }, ['hp off for 20']],
    ['has been off in two commands', { past: [past('hp', -50, -10), past('hp', -10, 5)] }, ['hp off for 10']],
    ['is off, and may be no longer', { past: [past('hp', -55, 5)] }, ['hp may be off for 60 minutes']],
    ['was off until lately', { past: [past('hp', -40, -10)] }, ['hp was off until 10 minutes ago']],
    ['was off some time ago', { past: [past('hp', -60, -20)] }, ['hp off for 30']],
    [
      'rests half as long as it was off',
      { past: [past('hp', -79, -19)] },
      ['hp was off until 19 minutes ago'],
    ],
    [
      'rests after two commands in a row',
      { past: [past('hp', -79, -40), past('hp', -41, -19)] },
      ['hp was off until 19 minutes ago'],
    ],
    [
      'needs less rest',
      { loads: [load('hp', { restPct: 10 })], past: [past('hp', -79, -19)] },
      ['hp off for 30'],
    ],
    [
      'was told often yesterday',
      { dayFromMs: NOW - MINUTE, past: [100, 80, 60, 40].map((at) => past('hp', -at, -at + 1)) },
      ['hp off for 30'],
    ],
    [
      'rests as long as any must, however short its own rest',
      { loads: [load('hp', { restPct: 0 })], past: [past('hp', -20, -14)] },
      ['hp was off until 14 minutes ago'],
    ],
    [
      'is in a building whose loads were told often yesterday',
      { dayFromMs: NOW - MINUTE, past: [9, 8, 7, 6, 5, 4].map((n) => past('ev', -10 * n, -10 * n + 1)) },
      ['hp off for 30'],
    ],
    [
      'has been off in two commands that are told in no order',
      { past: [past('hp', -10, 5), past('hp', -50, -10)] },
      ['hp off for 10'],
    ],
    [
      'was told often today',
      { past: [100, 80, 60, 40].map((at) => past('hp', -at, -at + 1)) },
      ['hp was told 4 times today, as often as it may be'],
    ],
    [
      'may be told once a day',
      { loads: [load('hp', { maxPerDay: 1 })], past: [past('hp', -100, -60)] },
      ['hp was told 1 times today, as often as it may be'],
    ],
    [
      'is in a building whose loads were told often',
      { past: [100, 90, 80, 70, 60, 50].map((at) => past('ev', -at, -at + 1)) },
      ['hp the loads of the building were told 6 times today, as often as they may be'],
    ],
  ] as const)('when the load %s: %j → %j', (_, ask, says) => {
    expect(plan(ask)).toEqual(says);
  });
});

it('a load that was told as often as it may be today is let be until the day is over', () => {
  const day = { fromMs: 0, toMs: NOW + 440 * MINUTE };
  const told = [
    past('hp', -300, -250),
    past('hp', -100, -40),
    past('ev', -1440, -1400),
    past('ev', -100, -40),
  ];
  const loads = [load('hp', { maxPerDay: 2 }), load('ev', { maxPerDay: 2 })];
  expect(offTimes(loads, told, day)).toEqual({
    hp: {
      sinceMs: NOW - 100 * MINUTE,
      untilMs: NOW - 40 * MINUTE,
      freeFromMs: day.toMs,
      isUsedUp: true,
    },
    ev: { sinceMs: NOW - 100 * MINUTE, untilMs: NOW - 40 * MINUTE, freeFromMs: NOW - 10 * MINUTE },
  });
  // Of a load that was never told nothing is known.
  const once = [past('fan', -100, -40)];
  expect(Object.keys(offTimes([load('hp'), load('fan')], once, day))).toEqual(['fan']);
});
