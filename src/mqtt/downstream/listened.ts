import { levelsMatch } from '../../domain/topic-filter.ts';

/** The topic filters that somebody subscribes to, for one question: is a topic among them? */
export interface ListenedTopics {
  add(filter: string): void;
  remove(filter: string): void;
  has(topic: string): boolean;
}

/** Topics whose answer is remembered. */
const REMEMBERED = 20_000;

/**
 * Most topics of sensors have no subscriber, and most filters of sensors are their own command topic, without wildcards:
 * both are told by one look. Filters with wildcards are few; what they say of a topic is remembered until they change.
 */
export function createListenedTopics(): ListenedTopics {
  const plain = new Map<string, number>();
  const wild = new Map<string, { readonly levels: readonly string[]; count: number }>();
  const remembered = new Map<string, boolean>();

  const addWild = (filter: string) => {
    const known = wild.get(filter);
    if (known) known.count += 1;
    else {
      wild.set(filter, { levels: filter.split('/'), count: 1 });
      remembered.clear();
    }
  };
  const removeWild = (filter: string) => {
    const known = wild.get(filter);
    if (!known) return;
    known.count -= 1;
    if (known.count > 0) return;
    wild.delete(filter);
    remembered.clear();
  };
  const isWild = (topic: string) => {
    const known = remembered.get(topic);
    if (known !== undefined) return known;
    const levels = topic.split('/');
    const answer = [...wild.values()].some((filter) => levelsMatch(filter.levels, levels));
    if (remembered.size >= REMEMBERED) remembered.clear();
    remembered.set(topic, answer);
    return answer;
  };

  return {
    add: (filter) => {
      if (hasWildcard(filter)) addWild(filter);
      else plain.set(filter, (plain.get(filter) ?? 0) + 1);
    },
    remove: (filter) => {
      if (hasWildcard(filter)) return removeWild(filter);
      const count = plain.get(filter) ?? 0;
      if (count > 1) plain.set(filter, count - 1);
      else plain.delete(filter);
    },
    has: (topic) => plain.has(topic) || (wild.size > 0 && isWild(topic)),
  };
}

function hasWildcard(filter: string): boolean {
  return filter.includes('+') || filter.includes('#');
}
