/** MQTT 3.1.1, 4.7.1: `#` only as the last level, `+` only as a whole level. */
export function isTopicFilter(filter: string): boolean {
  const levels = filter.split('/');
  return (
    filter !== '' &&
    !filter.includes('\0') &&
    levels.every((level, index) =>
      level.includes('#')
        ? level === '#' && index === levels.length - 1
        : !level.includes('+') || level === '+',
    )
  );
}

/** Does the filter match the topic name? */
export function filterMatches(filter: string, topic: string): boolean {
  return levelsMatch(filter.split('/'), topic.split('/'));
}

/** The same of both parted at their slashes: `#` stands for its parent too, no wildcard for a first `$…` [MQTT-4.7.2-1]. */
export function levelsMatch(filter: readonly string[], topic: readonly string[]): boolean {
  if (topic[0]?.startsWith('$') && filter[0] !== topic[0]) return false;
  for (const [index, level] of filter.entries()) {
    if (level === '#') return true;
    if (index >= topic.length || (level !== '+' && level !== topic[index])) return false;
  }
  return filter.length === topic.length;
}

/** Does `filter` match every topic that `other` matches? Both must be topic filters. */
export function filterCovers(filter: string, other: string): boolean {
  // The two say the same: one level at least, which every topic has.
  if (filter === '+/#') return filterCovers('#', other);
  if (other.startsWith('$') && !filter.startsWith('$')) return false;
  const [own, theirs] = [filter.split('/'), other.split('/')];
  for (const [index, level] of own.entries()) {
    // Also the level above it: sport/# matches sport (section 4.7.1.2).
    if (level === '#') return true;
    const given = theirs[index];
    if (given === undefined || given === '#') return false;
    if (level !== '+' && level !== given) return false;
  }
  return own.length === theirs.length;
}
