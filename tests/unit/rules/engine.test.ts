import { describe, expect, it } from 'vitest';
import type { Json } from '../../../src/domain/alert.ts';
import { createHourStore } from '../../../src/rules/days/hour-store.ts';
import { createRuleEngine, partOfRule, ruleAndBuildingOf } from '../../../src/rules/engine.ts';
import type { RunningRule } from '../../../src/rules/rule-type.ts';
import { readingOf } from '../../support/readings.ts';

const MINUTE = 60_000;
const T0 = Date.parse('2026-01-15T07:00Z');

/** A rule that writes down what it is told, and remembers its readings. */
function listener(name = 'r', over: Partial<RunningRule> = {}) {
  const heard: string[] = [];
  const minutes = (ms: number) => (ms - T0) / MINUTE;
  const known: Json[] = [];
  const rule: RunningRule = {
    name,
    type: 'type',
    handlerOf: () => ({
      settings: undefined,
      onReading: ({ atMs, point }) => {
        heard.push(`${point.building} reads ${minutes(atMs)}`);
        known.push([point.building, minutes(atMs)]);
      },
    }),
    seesHoursOf: () => false,
    toldOf: () => undefined,
    onTick: (building, atMs) => heard.push(`${building} ticks ${minutes(atMs)}`),
    onAway: (building, { fromMs, toMs }) =>
      heard.push(`${building} away ${minutes(fromMs)} to ${minutes(toMs)}`),
    peaks: () => [],
    projectedKw: () => undefined,
    maySwitch: () => true,
    snapshot: () => known,
    restore: (part) => {
      known.push(part);
    },
    ...over,
  };
  return { rule, known, heard: () => heard.splice(0) };
}

function engineOf(rules: readonly RunningRule[], tickGraceMs = MINUTE) {
  const engine = createRuleEngine({
    rules,
    tickGraceMs,
    hours: createHourStore(),
    sink: { onFinding: () => undefined, onTick: () => undefined },
  });
  const read = (minute: number, { building = 'b1', receivedMinute = minute } = {}) =>
    engine.onReading({
      ...readingOf({ device: 'd', quantity: 'airTemperatureC', building }, T0 + minute * MINUTE, 20),
      receivedAtMs: T0 + receivedMinute * MINUTE,
    });
  return { ...engine, read };
}

describe('event time', () => {
  it('ticks the full minutes before a reading, each building’s by themselves, and goes back for none', () => {
    const { rule, heard } = listener();
    const { read, timeOf } = engineOf([rule]);
    read(0.5);
    read(2.5);
    read(1);
    read(2.5);
    read(0.5, { building: 'b2' });
    read(3);
    read(3.1);
    expect(heard()).toEqual([
      'b1 reads 0.5',
      'b1 ticks 1',
      'b1 ticks 2',
      'b1 reads 2.5',
      'b1 reads 1',
      'b1 reads 2.5',
      'b2 reads 0.5',
      'b1 reads 3',
      'b1 ticks 3',
      'b1 reads 3.1',
    ]);
    expect([timeOf('b1'), timeOf('b2'), timeOf('b3')]).toEqual([
      T0 + 3.1 * MINUTE,
      T0 + 0.5 * MINUTE,
      undefined,
    ]);
  });

  it('ticks a rule in the minute of the hour that it needs', () => {
    const { rule, heard } = listener('r', { tickMinute: 5 });
    const { read } = engineOf([rule]);
    for (const minute of [0.5, 130.5]) read(minute);
    expect(heard().filter((line) => /ticks/.test(line))).toEqual([
      'b1 ticks 5',
      'b1 ticks 65',
      'b1 ticks 125',
    ]);
  });

  it('goes on with the wall clock while a building is silent, less the grace, and by no step of the clock', () => {
    const { rule, heard } = listener();
    const { read, onTick } = engineOf([rule]);
    read(0.5, { receivedMinute: 10 });
    const tick = (minute: number, steppedMinutes = 0) => {
      heard();
      onTick(T0 + minute * MINUTE, steppedMinutes * MINUTE);
      return heard();
    };
    expect(tick(11.4)).toEqual([]);
    expect(tick(11.6)).toEqual(['b1 ticks 1']);
    expect(tick(72.6, 60)).toEqual(['b1 ticks 2']);
    expect(tick(13.6, -60)).toEqual(['b1 ticks 3']);
    // What came in this moment came after the step.
    read(4.5, { receivedMinute: 74.6 });
    expect(tick(74.61, 60)).toEqual([]);
    expect(tick(76.2)).toEqual(['b1 ticks 5']);
  });
});

describe('an absence', () => {
  it('is from when nobody listened any more to the start, of each building in its own time', () => {
    const { rule, heard } = listener();
    const { read, onTick, onStart } = engineOf([rule]);
    read(0.5, { receivedMinute: 100.5 });
    onTick(T0 + 102 * MINUTE);
    heard();
    onStart(T0 + 110 * MINUTE);
    expect(heard()).toEqual(['b1 away 2 to 10']);
  });

  it.each([
    ['not longer than a minute', 102.9],
    ['that ended before it began, because the clock was set back', 90],
  ])('is none when it is %s', (_, minute) => {
    const { rule, heard } = listener();
    const { read, onTick, onStart } = engineOf([rule]);
    read(0.5, { receivedMinute: 100.5 });
    onTick(T0 + 102 * MINUTE);
    heard();
    onStart(T0 + minute * MINUTE);
    expect(heard()).toEqual([]);
  });
});

describe('other rules', () => {
  it('go on with what one of their name and type has learned, and see what comes from here on', () => {
    const [before, other, same, another] = [
      listener('a'),
      listener('b'),
      listener('a'),
      listener('b', { type: 'another' }),
    ];
    const { read, use, onTick } = engineOf([before.rule, other.rule]);
    read(0.5);
    for (const _ of use([same.rule, another.rule], 0)) before.heard();
    expect([same.known, another.known]).toEqual([[['b1', 0.5]], []]);
    for (const { heard } of [before, other]) heard();
    read(1.5);
    expect(same.heard()).toEqual(['b1 ticks 1', 'b1 reads 1.5']);
    expect([...before.heard(), ...other.heard()]).toEqual([]);
    // By the new grace.
    onTick(T0 + 2.1 * MINUTE);
    expect(same.heard()).toEqual(['b1 ticks 2']);
  });

  it('are given the parts of a snapshot that are theirs', () => {
    const [one, two] = [listener('a'), listener('b')];
    const first = engineOf([one.rule, two.rule]);
    first.read(0.5);
    first.onTick(T0 + 3.5 * MINUTE);
    const parts = [...first.snapshot()];
    const rules = parts.flatMap((part) => ruleAndBuildingOf(part) ?? []);
    expect(rules).toEqual([
      { rule: 'a', building: 'b1' },
      { rule: 'b', building: 'b1' },
    ]);
    expect(ruleAndBuildingOf([partOfRule('a'), 7])).toBeUndefined();
    const [again, later] = [listener('b'), listener('c')];
    const next = engineOf([again.rule, later.rule]);
    for (const part of parts) next.restore(part);
    expect([again.known, later.known]).toEqual([[['b1', 0.5]], []]);
    // With the clocks, and when it last ticked.
    expect(next.timeOf('b1')).toBe(T0 + 0.5 * MINUTE);
    next.onStart(T0 + 10 * MINUTE);
    expect(again.heard()).toEqual(['b1 away 3.5 to 10']);
    expect(() => next.restore(['clocks', ['b1', 7]])).toThrow("a rule's snapshot cannot be read: ");
    expect(() => next.restore(['clocks', 7])).toThrow("a rule's snapshot is damaged");
  });
});
