/** One line of InfluxDB's line protocol. */
export type Line = {
  readonly measurement: string;
  readonly tags: ReadonlyMap<string, string>;
  readonly fields: readonly (readonly [name: string, value: number | boolean | string])[];
  /** Whole number of the writer's precision. */
  readonly timestamp: number | undefined;
};
export type WrongLine = { readonly problem: string };

const [TAB, NEWLINE, RETURN, SPACE, QUOTE, HASH, COMMA, EQUALS, BACKSLASH] = [
  9, 10, 13, 32, 34, 35, 44, 61, 92,
];

/**
 * Reads lines until the text ends or so many are read. A line that is wrong is passed over up to its end; comments and
 * empty lines are none. (docs.influxdata.com, "Line protocol": escapes, quoting and types.)
 */
export function readLines(text: string, mostLines: number): readonly (Line | WrongLine)[] {
  const lines: (Line | WrongLine)[] = [];
  for (let at = 0; at < text.length && lines.length < mostLines; ) {
    const first = text.charCodeAt(at);
    if (first === NEWLINE || first === RETURN || first === SPACE || first === TAB) {
      at += 1;
      continue;
    }
    if (first === HASH) {
      at = lineEnd(text, at);
      continue;
    }
    const scan = new Scan(text, at);
    const line = readLine(scan);
    lines.push(line);
    at = 'problem' in line ? lineEnd(text, scan.at) : scan.at;
  }
  return lines;
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end;
}

function readLine(scan: Scan): Line | WrongLine {
  const measurement = scan.word(false);
  if (measurement === '') return { problem: 'has no measurement' };
  const tags = new Map<string, string>();
  while (scan.take(COMMA)) {
    const key = scan.word(true);
    if (key === '' || !scan.take(EQUALS)) return { problem: `the tag ${JSON.stringify(key)} has no value` };
    tags.set(key, scan.word(true));
  }
  if (!scan.takeSpaces()) return { problem: 'has no fields' };
  const fields: Line['fields'][number][] = [];
  do {
    const key = scan.word(true);
    if (key === '' || !scan.take(EQUALS)) return { problem: `the field ${JSON.stringify(key)} has no value` };
    const value = scan.value();
    if (value === undefined)
      return { problem: `the value of the field ${JSON.stringify(key)} cannot be read` };
    fields.push([key, value]);
  } while (scan.take(COMMA));
  let timestamp: number | undefined;
  if (scan.takeSpaces() && !scan.isEnd()) {
    const text = scan.bare();
    if (!/^-?\d{1,19}$/.test(text))
      return { problem: `the timestamp ${JSON.stringify(text.slice(0, 40))} is no whole number` };
    timestamp = Number(text);
    scan.takeSpaces();
  }
  return scan.isEnd()
    ? { measurement, tags, fields, timestamp }
    : { problem: 'has more behind its timestamp' };
}

/** A place in the text. */
class Scan {
  at: number;
  private readonly text: string;

  constructor(text: string, at: number) {
    this.text = text;
    this.at = at;
  }

  isEnd(): boolean {
    const code = this.text.charCodeAt(this.at);
    return this.at >= this.text.length || code === NEWLINE || code === RETURN;
  }

  take(code: number): boolean {
    if (this.text.charCodeAt(this.at) !== code) return false;
    this.at += 1;
    return true;
  }

  takeSpaces(): boolean {
    const from = this.at;
    while (this.text.charCodeAt(this.at) === SPACE) this.at += 1;
    return this.at > from;
  }

  /** Up to a comma, a space or (with `endsAtEquals`) a `=` that no backslash stands before. */
  word(endsAtEquals: boolean): string {
    const { text, at: from } = this;
    let escaped = false;
    let at = from;
    // In local variables: this runs for every character.
    for (; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      // Letters and digits are all above these.
      if (code > EQUALS && code !== BACKSLASH) continue;
      if (code === BACKSLASH && at + 1 < text.length) {
        const next = text.charCodeAt(at + 1);
        if (next === COMMA || next === SPACE || next === EQUALS || next === BACKSLASH) {
          escaped = true;
          at += 1;
        }
      } else if (code === COMMA || code === SPACE || code === NEWLINE || code === RETURN) break;
      else if (endsAtEquals && code === EQUALS) break;
    }
    this.at = at;
    const word = text.slice(from, at);
    return escaped ? word.replace(/\\([, =\\])/g, '$1') : word;
  }

  /** Up to a space or the end. */
  bare(): string {
    const from = this.at;
    while (!this.isEnd() && this.text.charCodeAt(this.at) !== SPACE) this.at += 1;
    return this.text.slice(from, this.at);
  }

  /** A field's value: float, integer (`i`), unsigned (`u`), boolean or quoted text, which may have newlines in it. */
  value(): number | boolean | string | undefined {
    if (this.take(QUOTE)) return this.quoted();
    const text = this.word(true);
    if (/^-?\d{1,15}(?:\.\d{1,15})?$/.test(text)) return Number(text);
    const boolean = booleans.get(text);
    if (boolean !== undefined) return boolean;
    if (/^-?\d{1,20}[iu]$/.test(text)) return Number(text.slice(0, -1));
    return /^[-+]?(?:\d{1,309}\.?\d{0,400}|\.\d{1,400})(?:[eE][-+]?\d{1,3})?$/.test(text)
      ? Number(text)
      : undefined;
  }

  private quoted(): string | undefined {
    const from = this.at;
    for (; this.at < this.text.length; this.at += 1) {
      const code = this.text.charCodeAt(this.at);
      if (code === BACKSLASH) this.at += 1;
      else if (code === QUOTE) {
        const text = this.text.slice(from, this.at).replace(/\\(["\\])/g, '$1');
        this.at += 1;
        return text;
      }
    }
    this.at = from;
    return undefined;
  }
}

const booleans = new Map([
  ...['t', 'T', 'true', 'True', 'TRUE'].map((text) => [text, true] as const),
  ...['f', 'F', 'false', 'False', 'FALSE'].map((text) => [text, false] as const),
]);
