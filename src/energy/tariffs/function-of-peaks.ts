import type { Compiling, TimingOf } from './compiling.ts';
import { parsePeakFunction } from './peak-function.ts';
import type { PowerComponent } from './tariff.ts';

/** The peak function of a component, by the bits of its recurring periods; undefined when it cannot be read. */
export function functionOfPeaks(
  component: PowerComponent,
  text: string,
  path: readonly PropertyKey[],
  { wrong, timingOf }: Pick<Compiling, 'wrong'> & { readonly timingOf: TimingOf },
) {
  const at = [...path, 'peakIdentificationSettings', 'peakFunction'];
  const parsed = parsePeakFunction(text);
  if (!parsed.ok) {
    wrong(at, `"${text}" cannot be read: ${parsed.problem}`);
    return undefined;
  }
  const { references, curve, evaluate, isOfOneWindow } = parsed;
  const periods = component.recurringPeriods ?? [];
  for (const reference of references) {
    // A component without recurring periods is one whole, whatever it is called.
    const isKnown = periods.some((period) => period.reference === reference);
    if (!isKnown && (periods.length > 0 || references.length > 1)) {
      wrong(at, `no recurring period is called ${reference}`);
    }
  }
  const bitOf = new Map(references.map((reference, i) => [reference, 1 << i]));
  return {
    references,
    timing: timingOf(component, path, 'powerPrice', references),
    curveOf: (mask: number) => curve((reference) => (mask & (bitOf.get(reference) ?? 0)) !== 0),
    together: isOfOneWindow
      ? undefined
      : (peaksKw: readonly number[]) =>
          Math.max(
            evaluate((reference) => peaksKw[references.indexOf(reference)] ?? 0),
            0,
          ),
  };
}
