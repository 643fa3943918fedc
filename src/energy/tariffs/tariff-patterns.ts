import type { Compiling } from './compiling.ts';
import { type Pattern, patternNamed } from './recurring.ts';
import type { TariffFile } from './tariff.ts';
import type { RecurringPeriod } from './tariff-parts.ts';

/** The calendar patterns of a file, each looked up once; a text says why there is none of a name. */
export function patternsOf(file: TariffFile, timeZone: string): (name: string) => Pattern | string {
  const known = new Map<string, Pattern | string>();
  return (name) => {
    let pattern = known.get(name);
    if (pattern === undefined) {
      pattern = patternNamed(name, file.calendarPatterns ?? [], timeZone);
      known.set(name, pattern);
    }
    return pattern;
  };
}

export function knownPattern(
  patterns: (name: string) => Pattern | string,
  name: string,
): Pattern | undefined {
  const pattern = patterns(name);
  return typeof pattern === 'string' ? undefined : pattern;
}

/** Tells of each name that is no pattern. */
export function checkPatterns(
  periods: readonly RecurringPeriod[],
  path: readonly PropertyKey[],
  patterns: (name: string) => Pattern | string,
  { wrong }: Compiling,
): void {
  for (const [p, { activePeriods }] of periods.entries()) {
    for (const [a, { calendarPatternReferences: names }] of (activePeriods ?? []).entries()) {
      for (const kind of ['include', 'exclude'] as const) {
        for (const [n, name] of (names?.[kind] ?? []).entries()) {
          const pattern = patterns(name);
          if (typeof pattern !== 'string') continue;
          wrong([...path, p, 'activePeriods', a, 'calendarPatternReferences', kind, n], pattern);
        }
      }
    }
  }
}
