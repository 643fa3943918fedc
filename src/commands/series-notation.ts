/** Values one step apart; undefined where there is none. */
export type Steps = readonly (number | undefined)[];
export type ParsedSteps =
  | { readonly ok: true; readonly steps: Steps }
  | { readonly ok: false; readonly message: string };

const MOST_STEPS = 1_000_000;
const NUMBER = String.raw`\d+(?:\.\d+)?(?:e[+-]?\d+)?`;
const WORD = new RegExp(`^(?:(_)|(-?${NUMBER})|\\+(-?${NUMBER}))(?:x(\\d+))?$`, 'i');
const RAMP = new RegExp(`^(-?${NUMBER})([+-]${NUMBER})x(\\d+)$`, 'i');

/**
 * Reads values in their short form, words between spaces:
 * `20` once, `20x30` thirty times, `+0.1x10` ten more, each 0.1 above the one before (`+-0.1x10`: below), `20+0.1x10` and
 * `20-0.1x10` eleven, from 20 on (as promtool has it), `_` and `_x10` a gap.
 */
export function parseSteps(text: string): ParsedSteps {
  const steps: (number | undefined)[] = [];
  let last: number | undefined;
  const push = (value: number | undefined) => {
    steps.push(value);
    last = value ?? last;
  };
  // What is added up in floating point shows digits that nobody wrote.
  const more = (from: number, by: number, times: number) => {
    for (let n = 1; n <= times; n += 1) push(Number((from + n * by).toPrecision(12)));
  };
  for (const word of text.split(/\s+/).filter((one) => one !== '')) {
    const [, start, by, repeat] = RAMP.exec(word) ?? [];
    const [, gap, value, rise, times = '1'] = WORD.exec(word) ?? [];
    const count = Number(repeat ?? times);
    if (steps.length + count > MOST_STEPS) return wrong(`${word}: more than ${MOST_STEPS} values`);
    if (start !== undefined) {
      push(Number(start));
      more(Number(start), Number(by), count);
    } else if (rise !== undefined) {
      if (last === undefined) return wrong(`${word}: there is no value before it that it could go on from`);
      more(last, Number(rise), count);
    } else if (gap !== undefined || value !== undefined) {
      for (let n = 0; n < count; n += 1) push(gap === undefined ? Number(value) : undefined);
    } else return wrong(`${word}: write 20, 20x30, +0.1x10, 20+0.1x10, _ or _x10, with spaces between`);
  }
  return steps.length === 0 ? wrong('has no value') : { ok: true, steps };
}

function wrong(message: string): ParsedSteps {
  return { ok: false, message };
}
