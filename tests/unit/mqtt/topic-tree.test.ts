import fc from 'fast-check';
import { expect, it } from 'vitest';
import { filterMatches } from '../../../src/domain/topic-filter.ts';
import { TopicTree } from '../../../src/mqtt/sessions/topic-tree.ts';

const level = fc.constantFrom('', 'a', 'b', '$x');
const topic = fc.array(level, { minLength: 1, maxLength: 4 }).map((levels) => levels.join('/'));
const filter = fc
  .tuple(fc.array(fc.oneof(level, fc.constant('+')), { maxLength: 4 }), fc.boolean())
  .map(([levels, isOpen]) => [...levels, ...(isOpen || levels.length === 0 ? ['#'] : [])].join('/'));

it('a topic tree finds exactly the filters that match, also when others are gone again', () => {
  const property = fc.property(fc.array(filter), fc.array(filter), topic, (kept, gone, name) => {
    const tree = new TopicTree<string>();
    for (const each of [...kept, ...gone]) tree.set(each, 'owner', each);
    for (const each of gone) tree.delete(each, 'owner');
    const left = [...new Set(kept)].filter((each) => !gone.includes(each));
    expect(tree.size).toBe(left.length);
    const found: string[] = [];
    tree.match(name, (value) => found.push(value));
    expect(found.toSorted()).toEqual(left.filter((each) => filterMatches(each, name)).toSorted());
  });
  fc.assert(property, { numRuns: 2000 });
});
