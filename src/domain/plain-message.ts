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
  readonly path?: readonly unknown[] | undefined;
  readonly expected?: unknown;
  readonly origin?: unknown;
  readonly inclusive?: unknown;
  readonly maximum?: unknown;
  readonly minimum?: unknown;
  readonly values?: readonly unknown[];
  /** What each kind of value that would do says. */
  readonly errors?: readonly (readonly Issue[])[];
};

/** Zod's own words are for programmers; a message that a schema of ours gives stays. */
export function plainMessage(issue: Issue): string {
  const { message } = issue;
  if (!/^(Invalid|Too (big|small))/.test(message)) return message;
  const wrong = wrongKinds(issue);
  if (wrong.length > 0) {
    const [, received = ''] = /received (\w+)$/.exec(wrong[0]?.message ?? '') ?? [];
    const kinds = wrong.map(({ expected }) => KINDS[String(expected)] ?? String(expected)).join(' or ');
    if (received === 'undefined') return `is missing: it must be ${kinds}`;
    // A setting of the environment is a text that should have been a number.
    if (received === 'NaN' || received === 'Infinity') return `must be ${kinds}`;
    return `must be ${kinds}${received === '' ? '' : `, not ${KINDS[received] ?? received}`}`;
  }
  const isNumber = /^(number|int)$/.test(String(issue.origin));
  if (issue.code === 'too_big' && isNumber)
    return `must be ${issue.inclusive ? 'at most' : 'less than'} ${String(issue.maximum)}`;
  if (issue.code === 'too_small' && isNumber)
    return `must be ${issue.inclusive ? 'at least' : 'more than'} ${String(issue.minimum)}`;
  const counted = countedIn(issue);
  if (counted !== undefined) return counted;
  if (issue.code === 'invalid_value') return `must be one of ${(issue.values ?? []).map(String).join(', ')}`;
  if (message === 'Invalid input')
    return 'is no value that can be used here: check its spelling, and whether it is a number, a text or a list';
  return message;
}

/** The same, after the path of what is wrong. */
export function issueText(issue: Issue): string {
  const path = (issue.path ?? []).map(String).join('.');
  return path === '' ? plainMessage(issue) : `${path}: ${plainMessage(issue)}`;
}

const COUNTED: Readonly<Record<string, readonly [one: string, several: string]>> = {
  array: ['entry', 'entries'],
  string: ['character', 'characters'],
};

/** Of a text or a list that is too short or too long. */
function countedIn({ code, origin, minimum, maximum }: Issue): string | undefined {
  const words = COUNTED[String(origin)];
  if (words === undefined || (code !== 'too_small' && code !== 'too_big')) return undefined;
  const [least, count] = code === 'too_small' ? ['at least', minimum] : ['at most', maximum];
  return `must have ${least} ${String(count)} ${words[count === 1 ? 0 : 1]}`;
}

/** Where nothing but the kind of the value is wrong: an issue for each kind that would do. */
function wrongKinds(issue: Issue): readonly Issue[] {
  if (issue.code === 'invalid_type') return [issue];
  if (issue.code !== 'invalid_union') return [];
  const kinds = issue.errors?.flat() ?? [];
  // Where nearly everything would do, its kind is not what is wrong.
  if (kinds.length > 3) return [];
  return kinds.every(({ code, path }) => code === 'invalid_type' && path?.length === 0) ? kinds : [];
}
