import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseRules } from '../../src/config/rules.ts';
import { loadTariffs } from '../../src/config/tariffs.ts';
import type { Part } from '../../src/rules/engine.ts';
import { type AlertingContext, createAlerting } from '../../src/workers/alerting.ts';
import { type RulesDistrict, rulesDistrict } from './rules-district.ts';

const MINUTE_MS = 60_000;

/** Half of the buildings of a made-up district have it. */
export const TARIFF = 'ellevio-2025';

/** The shipped rules over a made-up district, as the service runs them. */
export function districtContext(root: string): (district: RulesDistrict) => AlertingContext {
  const tariffs = loadTariffs(join(root, 'config/tariffs'));
  if (!tariffs.has(TARIFF)) throw new Error(`${TARIFF} is not among the tariffs`);
  const read = parseRules('rules.yaml', readFileSync(join(root, 'config/rules.yaml'), 'utf8'));
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const { rules } = read;
  const holds = { powerHoldMs: 15 * MINUTE_MS, registerGapMs: 180 * MINUTE_MS };
  return ({ register }) => ({ rules, holds, register: () => register, tariffs });
}

/** What the rules know, a part in a line, of so many buildings after as many minutes, which end half a minute ahead of the clock. */
export function knownByNow(root: string, buildings: number, minutes: number): readonly string[] {
  const district = rulesDistrict(buildings, TARIFF);
  const alerting = createAlerting(districtContext(root)(district));
  let atMs = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS - minutes * MINUTE_MS;
  for (; atMs < Date.now() + MINUTE_MS / 2; atMs += MINUTE_MS) {
    for (const reading of district.minute(atMs)) alerting.onReading(reading);
    alerting.onTick(atMs + MINUTE_MS);
    alerting.drain();
  }
  return Array.from(alerting.snapshot(), (part) => JSON.stringify(part));
}

/** What is known, a part in a line, for so many times the buildings, of which there are `buildings`. */
export function* timesOver(lines: readonly string[], times: number, buildings: number): Iterable<Part> {
  for (const line of lines) {
    for (let n = 0; n < times; n += 1) {
      const other = line.replaceAll(/building-(\d+)/g, (_, id) => `building-${Number(id) + n * buildings}`);
      yield JSON.parse(other);
      if (!line.includes('building-')) break;
    }
  }
}
