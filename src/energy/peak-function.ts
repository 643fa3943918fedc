/** Mean power per recurring period of the component: 0 for the periods that are not active in the window. */
export type PeakFunction = (powerOf: (reference: string) => number) => number;

export type ParsedPeakFunction =
  | { readonly ok: true; readonly evaluate: PeakFunction; readonly references: readonly string[] }
  | { readonly ok: false; readonly problem: string };

type Tokens = { readonly list: readonly string[]; next: number };

/**
 * The `peakFunction` of a tariff component (Eltariff-API v1): `peak(main)`, `max(peak(high),peak(low)/2)`,
 * `max(avg(high) - 4, 0)`. Numbers, + - * /, parentheses, `max`, `min`, and `peak` or `avg` of a recurring period.
 */
export function parsePeakFunction(text: string): ParsedPeakFunction {
  const tokens: Tokens = { list: text.match(/[A-Za-z_][\w-]*|\d+(?:\.\d+)?|\S/g) ?? [], next: 0 };
  const references: string[] = [];
  try {
    const evaluate = sum(tokens, references);
    if (tokens.next < tokens.list.length) {
      throw new SyntaxError(`"${tokens.list[tokens.next]}" is not expected`);
    }
    return { ok: true, evaluate, references };
  } catch (error) {
    return { ok: false, problem: error instanceof Error ? error.message : String(error) };
  }
}

function sum(tokens: Tokens, references: string[]): PeakFunction {
  let left = product(tokens, references);
  for (let sign = take(tokens, '+', '-'); sign; sign = take(tokens, '+', '-')) {
    const [before, right] = [left, product(tokens, references)];
    left = sign === '+' ? (of) => before(of) + right(of) : (of) => before(of) - right(of);
  }
  return left;
}

function product(tokens: Tokens, references: string[]): PeakFunction {
  let left = operand(tokens, references);
  for (let sign = take(tokens, '*', '/'); sign; sign = take(tokens, '*', '/')) {
    const [before, right] = [left, operand(tokens, references)];
    left = sign === '*' ? (of) => before(of) * right(of) : (of) => before(of) / right(of);
  }
  return left;
}

function operand(tokens: Tokens, references: string[]): PeakFunction {
  if (take(tokens, '-')) {
    const inner = operand(tokens, references);
    return (of) => -inner(of);
  }
  if (take(tokens, '(')) {
    const inner = sum(tokens, references);
    expect(tokens, ')');
    return inner;
  }
  const token = tokens.list[tokens.next];
  tokens.next += 1;
  if (token !== undefined && /^\d/.test(token)) {
    const value = Number(token);
    return () => value;
  }
  if (token === 'peak' || token === 'avg') {
    expect(tokens, '(');
    const reference = tokens.list[tokens.next] ?? '';
    tokens.next += 1;
    if (!/^[A-Za-z_]/.test(reference))
      throw new SyntaxError(`${token}(…) needs the name of a recurring period`);
    expect(tokens, ')');
    references.push(reference);
    return (of) => of(reference);
  }
  if (token === 'max' || token === 'min') {
    expect(tokens, '(');
    const items = [sum(tokens, references)];
    while (take(tokens, ',')) items.push(sum(tokens, references));
    expect(tokens, ')');
    const pick = token === 'max' ? Math.max : Math.min;
    return (of) => pick(...items.map((item) => item(of)));
  }
  throw new SyntaxError(
    token === undefined ? 'it ends too early' : `"${token}" is not a function or a number`,
  );
}

function take(tokens: Tokens, ...wanted: readonly string[]): string | undefined {
  const token = tokens.list[tokens.next];
  if (token === undefined || !wanted.includes(token)) return undefined;
  tokens.next += 1;
  return token;
}

function expect(tokens: Tokens, wanted: string): void {
  if (!take(tokens, wanted)) throw new SyntaxError(`"${wanted}" is missing`);
}
