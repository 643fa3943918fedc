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
    return `must be ${kinds}${received === '' ? '' : `, not ${KINDS[received] ?? received}`}`;
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

/** Where nothing but the kind of the value is wrong: an issue for each kind that would do. */
function wrongKinds(issue: Issue): readonly Issue[] {
  if (issue.code === 'invalid_type') return [issue];
  if (issue.code !== 'invalid_union') return [];
  const kinds = issue.errors?.flat() ?? [];
  // Where nearly everything would do, its kind is not what is wrong.
  if (kinds.length > 3) return [];
  return kinds.every(({ code, path }) => code === 'invalid_type' && path?.length === 0) ? kinds : [];
}
