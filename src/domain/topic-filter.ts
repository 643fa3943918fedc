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

/** Does the filter match the topic name? Wildcards at its beginning do not match topics with `$` [MQTT-4.7.2-1]. */
export function filterMatches(filter: string, topic: string): boolean {
  // A topic name is the filter that matches itself alone.
  return filterCovers(filter, topic);
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
