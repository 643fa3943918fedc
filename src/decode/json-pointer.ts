import { isRecord } from './payload.ts';

/** A JSON pointer (RFC 6901) that is read already. */
export type Pointer = {
  /** `#/…`: from the payload's top, also where the others start from an element of a list. */
  readonly isFromTop: boolean;
  readonly steps: readonly string[];
};

/** `/a/b~1c`, `` (all of it), `#/a`; undefined for a text that is no pointer. */
export function readPointer(text: string): Pointer | undefined {
  const isFromTop = text.startsWith('#');
  const path = isFromTop ? text.slice(1) : text;
  if (path === '') return { isFromTop, steps: [] };
  if (!path.startsWith('/') || /~(?![01])/.test(path)) return undefined;
  const steps = path
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  return { isFromTop, steps };
}

/** What is there; undefined where nothing is. */
export function valueAt(value: unknown, steps: readonly string[]): unknown {
  let found = value;
  for (const step of steps) {
    if (Array.isArray(found)) found = /^(?:0|[1-9]\d{0,8})$/.test(step) ? found[Number(step)] : undefined;
    else found = isRecord(found) && Object.hasOwn(found, step) ? found[step] : undefined;
  }
  return found;
}

/** Writes a value there, making objects (lists for whole numbers) on the way. */
export function withValueAt(value: unknown, [step, ...rest]: readonly string[], inner: unknown): unknown {
  if (step === undefined) return inner;
  if (Array.isArray(value) || (value === undefined && step === '0')) {
    const list: unknown[] = Array.isArray(value) ? [...value] : [];
    const index = Math.min(Number(step), list.length);
    list[index] = withValueAt(list[index], rest, inner);
    return list;
  }
  const record = isRecord(value) ? value : {};
  return { ...record, [step]: withValueAt(record[step], rest, inner) };
}
