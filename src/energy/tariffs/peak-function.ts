/** What is billed of a mean power, kW: a line where the function is one, else whatever it is. */
export type Curve =
  | { readonly slope: number; readonly offset: number }
  | { readonly at: (kw: number) => number };

export type ParsedPeakFunction =
  | {
      readonly ok: true;
      /** The recurring periods that it names, each once. */
      readonly references: readonly string[];
      /** With a power of its own for each recurring period, kW. */
      readonly evaluate: (powerOf: (reference: string) => number) => number;
      /** With one power in the periods that are active, and none in the others; never below 0. */
      readonly curve: (isActive: (reference: string) => boolean) => Curve;
      /** False when peaks of several periods are put together, as in `peak(a)+peak(b)`: no window alone tells the result. */
      readonly isOfOneWindow: boolean;
    }
  | { readonly ok: false; readonly problem: string };

type Node =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'power'; readonly reference: string }
  | { readonly kind: '+' | '-' | '*' | '/'; readonly left: Node; readonly right: Node }
  | { readonly kind: 'max' | 'min'; readonly items: readonly Node[] };

/** Of any load. */
const MOST_KW = 1e12;

type Tokens = { readonly list: readonly string[]; next: number };

/**
 * The `peakFunction` of a tariff component (Eltariff-API v1): `peak(main)`, `max(peak(high),peak(low)/2)`,
 * `max(avg(high) - 4, 0)`. Numbers, + - * /, parentheses, `max`, `min`, and `peak` or `avg` of a recurring period.
 */
export function parsePeakFunction(text: string): ParsedPeakFunction {
  const tokens: Tokens = { list: text.match(/[\p{L}_][\p{L}\p{N}_-]*|\d+(?:\.\d+)?|\S/gu) ?? [], next: 0 };
  try {
    const tree = sum(tokens);
    if (tokens.next < tokens.list.length) {
      throw new SyntaxError(`"${tokens.list[tokens.next]}" is not expected`);
    }
    if (!Number.isFinite(evaluate(tree, () => MOST_KW)))
      throw new SyntaxError('it is too large for a number');
    const references = [...new Set(referencesOf(tree))];
    if (references.length === 0) throw new SyntaxError('it names no recurring period, as in peak(main)');
    return {
      ok: true,
      references,
      evaluate: (powerOf) => evaluate(tree, powerOf),
      curve: (isActive) => largest([curve(tree, isActive), { slope: 0, offset: 0 }]),
      isOfOneWindow: isOfOneWindow(tree),
    };
  } catch (error) {
    return { ok: false, problem: error instanceof Error ? error.message : String(error) };
  }
}

/** The curve as a function. */
export function functionOf(line: Curve): (kw: number) => number {
  if ('at' in line) return line.at;
  const { slope, offset } = line;
  if (offset === 0) return slope === 1 ? (kw) => kw : (kw) => slope * kw;
  return (kw) => slope * kw + offset;
}

function evaluate(node: Node, powerOf: (reference: string) => number): number {
  switch (node.kind) {
    case 'number':
      return node.value;
    case 'power':
      return powerOf(node.reference);
    case 'max':
    case 'min':
      return Math[node.kind](...node.items.map((item) => evaluate(item, powerOf)));
    default: {
      const [left, right] = [evaluate(node.left, powerOf), evaluate(node.right, powerOf)];
      if (node.kind === '+') return left + right;
      if (node.kind === '-') return left - right;
      return node.kind === '*' ? left * right : left / right;
    }
  }
}

/** The tree with one power in: most are lines, which are quick and say so. */
function curve(node: Node, isActive: (reference: string) => boolean): Curve {
  switch (node.kind) {
    case 'number':
      return { slope: 0, offset: node.value };
    case 'power':
      return { slope: isActive(node.reference) ? 1 : 0, offset: 0 };
    case 'max':
      return largest(node.items.map((item) => curve(item, isActive)));
    case 'min':
      return negated(largest(node.items.map((item) => negated(curve(item, isActive)))));
    default: {
      const [left, right] = [curve(node.left, isActive), curve(node.right, isActive)];
      if ('slope' in left && 'slope' in right) {
        const line = combined(node.kind, left, right);
        if (line) return line;
      }
      return { at: (kw) => evaluate(node, (reference) => (isActive(reference) ? kw : 0)) };
    }
  }
}

type Line = Extract<Curve, { slope: number }>;

function combined(kind: '+' | '-' | '*' | '/', left: Line, right: Line): Line | undefined {
  if (kind === '+') return { slope: left.slope + right.slope, offset: left.offset + right.offset };
  if (kind === '-') return { slope: left.slope - right.slope, offset: left.offset - right.offset };
  if (right.slope === 0) {
    const factor = kind === '*' ? right.offset : 1 / right.offset;
    return { slope: left.slope * factor, offset: left.offset * factor };
  }
  if (kind === '*' && left.slope === 0) {
    return { slope: right.slope * left.offset, offset: right.offset * left.offset };
  }
  return undefined;
}

function largest(items: readonly Curve[]): Curve {
  const lines = items.filter((item) => 'slope' in item);
  if (lines.length === items.length) {
    // Powers are 0 or more: a line that is not below another anywhere from there on hides it.
    const top = lines.find((line) => lines.every((l) => line.slope >= l.slope && line.offset >= l.offset));
    if (top) return top;
  }
  const functions = items.map(functionOf);
  return { at: (kw) => functions.reduce((most, f) => Math.max(most, f(kw)), Number.NEGATIVE_INFINITY) };
}

function negated(line: Curve): Curve {
  if ('slope' in line) return { slope: -line.slope, offset: -line.offset };
  return { at: (kw) => -line.at(kw) };
}

function referencesOf(node: Node): readonly string[] {
  if (node.kind === 'power') return [node.reference];
  if (node.kind === 'number') return [];
  const parts = 'items' in node ? node.items : [node.left, node.right];
  return parts.flatMap(referencesOf);
}

function isOfOneWindow(node: Node): boolean {
  if (new Set(referencesOf(node)).size < 2) return true;
  return node.kind === 'max' && node.items.every(isOfOneWindow);
}

function sum(tokens: Tokens): Node {
  let left = product(tokens);
  for (let sign = take(tokens, '+', '-'); sign; sign = take(tokens, '+', '-')) {
    left = { kind: sign === '+' ? '+' : '-', left, right: product(tokens) };
  }
  return left;
}

function product(tokens: Tokens): Node {
  let left = operand(tokens);
  for (let sign = take(tokens, '*', '/'); sign; sign = take(tokens, '*', '/')) {
    const right = operand(tokens);
    if (sign === '/') refuseZero(right);
    left = { kind: sign === '*' ? '*' : '/', left, right };
  }
  return left;
}

/** What is divided by: a power may be 0, and then nothing could be billed. */
function refuseZero(divisor: Node): void {
  if (referencesOf(divisor).length > 0) {
    throw new SyntaxError('it divides by a power, which may be 0: divide by numbers');
  }
  if (evaluate(divisor, () => 0) === 0) throw new SyntaxError('it divides by 0');
}

function operand(tokens: Tokens): Node {
  if (take(tokens, '-')) {
    return { kind: '-', left: { kind: 'number', value: 0 }, right: operand(tokens) };
  }
  if (take(tokens, '(')) {
    const inner = sum(tokens);
    expect(tokens, ')');
    return inner;
  }
  const token = tokens.list[tokens.next];
  tokens.next += 1;
  if (token !== undefined && /^\d/.test(token)) return { kind: 'number', value: Number(token) };
  if (token === 'peak' || token === 'avg') {
    expect(tokens, '(');
    const reference = tokens.list[tokens.next] ?? '';
    tokens.next += 1;
    if (!/^[\p{L}_]/u.test(reference))
      throw new SyntaxError(`${token}(…) needs the name of a recurring period`);
    expect(tokens, ')');
    return { kind: 'power', reference };
  }
  if (token === 'max' || token === 'min') {
    expect(tokens, '(');
    const items = [sum(tokens)];
    while (take(tokens, ',')) items.push(sum(tokens));
    expect(tokens, ')');
    return { kind: token, items };
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
