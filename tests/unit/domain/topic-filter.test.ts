import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filterCovers, filterMatches, isTopicFilter } from '../../../src/domain/topic-filter.ts';

describe('a topic filter', () => {
  it.each(['a', '/', 'a/b', '#', '+', 'a/#', '+/+', 'a/+/c', '/+', '$SYS/#', 'a//b'])(
    'can be %s',
    (filter) => {
      expect(isTopicFilter(filter)).toBe(true);
    },
  );

  it.each(['', 'a#', '#/a', 'a/#/b', 'a+', '+a/b', 'a/b+', 'a\0'])('cannot be %j', (filter) => {
    expect(isTopicFilter(filter)).toBe(false);
  });

  it.each([
    // Section 4.7.1.2 and 4.7.1.3 of MQTT 3.1.1, and 4.7.2.
    ['sport/tennis/player1/#', 'sport/tennis/player1', true],
    ['sport/tennis/player1/#', 'sport/tennis/player1/score/wimbledon', true],
    ['sport/#', 'sport', true],
    ['sport/tennis/+', 'sport/tennis/player1', true],
    ['sport/tennis/+', 'sport/tennis/player1/ranking', false],
    ['sport/+', 'sport', false],
    ['sport/+', 'sport/', true],
    ['+/+', '/finance', true],
    ['/+', '/finance', true],
    ['+', '/finance', false],
    ['#', '$SYS/broker', false],
    ['+/broker', '$SYS/broker', false],
    ['$SYS/#', '$SYS/broker', true],
    ['ACCOUNTS', 'Accounts', false],
  ])('%s matches %s: %s', (filter, topic, matches) => {
    expect(filterMatches(filter, topic)).toBe(matches);
  });

  it.each([
    ['a/#', 'a/+/c', true],
    ['a/#', 'a', true],
    ['a/+', 'a/#', false],
    ['a/+', 'a/+', true],
    ['a/b', 'a/+', false],
    ['#', '$SYS/#', false],
    ['+/#', '#', true],
    ['+/+/#', '#', false],
    ['$SYS/#', '$SYS/+/uptime', true],
    ['+/x', '$SYS/x', false],
  ])('%s covers %s: %s', (filter, other, covers) => {
    expect(filterCovers(filter, other)).toBe(covers);
  });

  it('covers another exactly when it matches all that the other matches', () => {
    const filters = fc
      .array(fc.constantFrom('a', 'b', '', '$x', '+', '#'), { minLength: 1, maxLength: 4 })
      .map((levels) => levels.join('/'))
      .filter(isTopicFilter);
    // More letters and one more level than the filters have: enough to tell any two of them apart.
    const letters = ['a', 'b', 'c', '', '$x'];
    let topics: string[][] = [[]];
    const every: string[] = [];
    for (let length = 1; length <= 5; length += 1) {
      topics = topics.flatMap((topic) => letters.map((letter) => [...topic, letter]));
      every.push(...topics.map((levels) => levels.join('/')).filter((topic) => topic !== ''));
    }
    fc.assert(
      fc.property(filters, filters, (filter, other) => {
        const missed = every.some((topic) => filterMatches(other, topic) && !filterMatches(filter, topic));
        expect(filterCovers(filter, other)).toBe(!missed);
      }),
      { numRuns: 1500, seed: 4 },
    );
  });
});
