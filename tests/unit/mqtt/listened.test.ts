import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createListenedTopics } from '../../../src/mqtt/downstream/listened.ts';

describe('the topics that are listened to', () => {
  it.each([
    ['a/b', 'a/b', true],
    ['a/b', 'a/c', false],
    ['a/+', 'a/b', true],
    ['a/+', 'a', false],
    ['a/+', 'a/b/c', false],
    ['a/#', 'a', true],
    ['a/#', 'a/b/c', true],
    ['+/+', '/', true],
    ['+', '/', false],
    ['#', 'a', true],
    ['#', '$SYS/a', false],
    ['+/a', '$SYS/a', false],
    ['$SYS/#', '$SYS/a', true],
  ])('%s: is %s among them? %s [MQTT-4.7]', (filter, topic, expected) => {
    const topics = createListenedTopics();
    topics.add(filter);
    expect(topics.has(topic)).toBe(expected);
    topics.remove(filter);
    expect(topics.has(topic)).toBe(false);
  });

  it('says the same as looking through all filters, whatever was added and removed before', () => {
    const level = fc.constantFrom('a', 'b', '');
    const topic = fc.array(level, { minLength: 1, maxLength: 3 }).map((levels) => levels.join('/'));
    const filter = fc.oneof(topic, fc.constantFrom('#', '+', 'a/+', '+/b', 'a/#', '+/#'));
    const step = fc.record({ filter, isAdded: fc.boolean(), asked: topic });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const topics = createListenedTopics();
        const now: string[] = [];
        for (const { filter: each, isAdded, asked } of steps) {
          const known = now.indexOf(each);
          if (isAdded) {
            topics.add(each);
            now.push(each);
          } else if (known >= 0) {
            topics.remove(each);
            now.splice(known, 1);
          }
          const fresh = createListenedTopics();
          for (const one of now) fresh.add(one);
          expect(topics.has(asked)).toBe(fresh.has(asked));
        }
      }),
    );
  });
});
