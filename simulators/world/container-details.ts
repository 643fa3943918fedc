import type { Building, Register } from '../../src/domain/register.ts';
import type { Chance } from '../chance.ts';
import { type Fraction, fractions } from './waste-facts.ts';

export type ContainerDetails = {
  readonly id: string;
  readonly fraction: Fraction;
  readonly volumeL: number;
  /** Of the building's waste of that fraction, what goes into this one: others stand beside it. */
  readonly share: number;
  /** ISO weekdays on which the lorry comes, every so many weeks. */
  readonly pickupWeekdays: readonly number[];
  readonly everyWeeks: number;
};

type ContainerRow = { readonly id: string; readonly fraction?: string; readonly volumeL?: number };

/** Containers are called as the devices that look at them; a building without any has one of each fraction. */
export function containerRows(building: Building, { devices }: Register): readonly ContainerRow[] {
  const rows = [...devices.values()]
    .map((channels) => channels.find(({ building: of, role }) => of === building.id && role === 'container'))
    .filter((row) => row !== undefined);
  return rows.length > 0 ? rows : fractions.map(({ name }) => ({ id: name, fraction: name }));
}

/**
 * The lorry of a building comes on its days. A container whose volume is not known is as large as its share of the waste
 * until then needs; of one whose volume is known there are so many that it is enough.
 */
export function containersOf(
  rows: readonly ContainerRow[],
  { persons, kind }: { readonly persons: number; readonly kind: string },
  chance: Chance,
): readonly ContainerDetails[] {
  const residents = kind === 'school' ? persons / 5 : persons;
  const facts = rows.map(({ fraction }, i) => {
    const known = fractions.find(({ name }) => name === fraction?.toLowerCase());
    return known ?? fractions[i % fractions.length] ?? fractions[0];
  });
  return rows.map(({ id, volumeL: known }, i) => {
    const { name, litresPerPersonAndWeek } = facts[i] ?? fractions[0];
    const own = chance.fork(id);
    const weekly = residents * litresPerPersonAndWeek;
    const isTwice = name === 'residual' && weekly > 2500;
    const everyWeeks = name === 'glass' ? 4 : name === 'paper' && own.at(0) < 0.5 ? 2 : 1;
    const first = 1 + Math.floor((isTwice ? 2 : 5) * chance.at(i % 3));
    const untilNext = (weekly * everyWeeks) / (isTwice ? 2 : 1);
    const usualFill = 0.5 + 0.25 * own.at(1);
    const alike = facts.filter((other) => other.name === name).length;
    const share = Math.min(1 / alike, known === undefined ? 1 : (usualFill * known) / untilNext);
    const needed = Math.ceil((share * untilNext) / usualFill / 10) * 10;
    return {
      id,
      fraction: name,
      volumeL: known ?? Math.max(needed, 140),
      share,
      everyWeeks,
      pickupWeekdays: isTwice ? [first, first + 3] : [first],
    };
  });
}
