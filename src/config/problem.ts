import { type Document, isMap, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import type { z } from 'zod';
import { KvarterError } from '../domain/errors.ts';
import { plainMessage } from '../domain/plain-message.ts';

/** One thing that is wrong in a file: what, where, and (in the message) what to do. */
export type Problem = {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  readonly path?: string;
  readonly message: string;
};

export function problemText(problem: Problem): string {
  const place = [problem.file, problem.line, problem.column].filter((part) => part !== undefined).join(':');
  return `${place}: ${problem.path ? `${problem.path}: ` : ''}${problem.message}`;
}

export function invalid(problems: readonly Problem[]): KvarterError {
  return new KvarterError('config-invalid', problems.map(problemText).join('\n'));
}

/** A parsed YAML file that knows where each of its values stands. */
export type YamlFile = {
  readonly value: unknown;
  readonly problems: readonly Problem[];
  readonly at: (path: readonly PropertyKey[]) => { line?: number; column?: number };
  /** Where the key itself stands, not its value. */
  readonly atKey: YamlFile['at'];
};

export function parseYaml(file: string, text: string): YamlFile {
  const lines = new LineCounter();
  // Without the place in the message, which is said before it.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const at: YamlFile['at'] = (path) => {
    // The value may be absent (a missing key): then the place of the nearest parent is the most useful one.
    for (let length = path.length; length > 0; length -= 1) {
      const node: unknown = document.getIn(path.slice(0, length), true);
      if (hasRange(node)) return place(node.range[0]);
    }
    return { line: 1, column: 1 };
  };
  const faults = [...misreadOf(text), ...faultsOf(document)];
  return {
    value: faults.length === 0 ? (document.toJS() ?? {}) : undefined,
    problems: faults.map(({ offset, message }) => ({ file, ...place(offset), message })),
    at,
    atKey: (path) => {
      const parent: unknown = path.length > 1 ? document.getIn(path.slice(0, -1), true) : document.contents;
      const pair = isMap(parent)
        ? parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(path.at(-1)))
        : undefined;
      return hasRange(pair?.key) ? place(pair.key.range[0]) : at(path);
    },
  };
}

export const NOT_UTF8 = 'a letter here is not UTF-8: save the file as UTF-8';

type Fault = { readonly offset: number; readonly message: string };

/** Where a file that is not UTF-8 has a letter that was read as this one. */
function misreadOf(text: string): readonly Fault[] {
  const offset = text.indexOf('\uFFFD');
  return offset < 0 ? [] : [{ offset, message: NOT_UTF8 }];
}

function faultsOf(document: Document.Parsed): readonly Fault[] {
  const faults: Fault[] = document.errors.map(({ code, pos: [offset], message }) => ({
    offset,
    message: code === 'MULTIPLE_DOCS' ? 'a second document begins here: write one' : message,
  }));
  // An alias is looked up only where its value is asked for, which would say nothing of its place.
  visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document)) return;
      faults.push({ offset: alias.range?.[0] ?? 0, message: `nothing before it is named &${alias.source}` });
    },
  });
  return faults;
}

function hasRange(node: unknown): node is { range: [number, number, number] } {
  return typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range);
}

/** Zod's issues as problems with their paths; an unknown key is named itself, not its parent. */
export function zodProblems(
  file: string,
  error: z.ZodError,
  { at, atKey }: Pick<YamlFile, 'at' | 'atKey'> = { at: () => ({}), atKey: () => ({}) },
  where = 'config/kvarter.yaml of this version',
): readonly Problem[] {
  return error.issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys') {
      return [
        { file, ...at(issue.path), path: issue.path.map(String).join('.'), message: plainMessage(issue) },
      ];
    }
    return issue.keys.map((key) => ({
      file,
      ...atKey([...issue.path, key]),
      path: [...issue.path.map(String), key].join('.'),
      message: `unknown key: check its spelling against ${where}, or delete it`,
    }));
  });
}
