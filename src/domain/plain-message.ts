/** What kinds of values are called by who writes YAML, or a request. */
const KINDS: Readonly<Record<string, string>> = {
  number: 'a number',
  int: 'a whole number',
  string: 'a text',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of keys and values',
  record: 'a map of keys and values',
};

/** What is used of an issue of Zod, of any kind. */
type Issue = {
  readonly code?: string | undefined;
  readonly message: string;
  readonly expected?: unknown;
  readonly origin?: unknown;
  readonly inclusive?: unknown;
  readonly maximum?: unknown;
  readonly minimum?: unknown;
  readonly values?: readonly unknown[];
};

/** Zod's own words are for programmers; a message that a schema of ours gives stays. */
export function plainMessage(issue: Issue): string {
  const { message } = issue;
  if (!/^(Invalid|Too (big|small))/.test(message)) return message;
  if (issue.code === 'invalid_type') {
    const [, received = ''] = /received (\w+)$/.exec(message) ?? [];
    const kind = KINDS[String(issue.expected)] ?? String(issue.expected);
    if (received === 'undefined') return `is missing: it must be ${kind}`;
    return `must be ${kind}${received === '' ? '' : `, not ${KINDS[received] ?? received}`}`;
  }
  const isNumber = /^(number|int)$/.test(String(issue.origin));
  if (issue.code === 'too_big' && isNumber)
    return `must be ${issue.inclusive ? 'at most' : 'less than'} ${String(issue.maximum)}`;
  if (issue.code === 'too_small' && isNumber)
    return `must be ${issue.inclusive ? 'at least' : 'more than'} ${String(issue.minimum)}`;
  if (issue.code === 'invalid_value') return `must be one of ${(issue.values ?? []).map(String).join(', ')}`;
  if (message === 'Invalid input')
    return 'is no value that can be used here: check its spelling, and whether it is a number, a text or a list';
  return message;
}
