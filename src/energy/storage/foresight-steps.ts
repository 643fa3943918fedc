import { keptShare, type StorageSite } from './battery.ts';
import type { ProgramBuilder } from './linear-program.ts';

/** What happens, step by step; all arrays are of one length. */
export type StorageCourse = {
  readonly fromMs: number;
  /** Length of a step, h. */
  readonly hours: number;
  /** Load less own generation, kW. */
  readonly netKw: ArrayLike<number>;
  /** Price of a kWh that is bought, and of one that is sold. */
  readonly buy: ArrayLike<number>;
  readonly sell: ArrayLike<number>;
};

/** A step as the program needs it. */
export type ProgramStep = {
  readonly t: number;
  readonly site: StorageSite;
  /** Where the load is missing nothing is bought, and the battery rests. */
  readonly isKnown: boolean;
  readonly netKw: number;
  readonly mostBoughtKw: number;
  readonly mostSoldKw: number;
  /** Of the stay that it is in. */
  readonly isFirst: boolean;
  readonly isLast: boolean;
};

const columnsPerStep = 7;
/** The columns of a step. */
export const stepColumns = {
  charge: (t: number) => t * columnsPerStep,
  discharge: (t: number) => t * columnsPerStep + 1,
  stored: (t: number) => t * columnsPerStep + 2,
  bought: (t: number) => t * columnsPerStep + 3,
  sold: (t: number) => t * columnsPerStep + 4,
  boughtOver: (t: number) => t * columnsPerStep + 5,
  soldOver: (t: number) => t * columnsPerStep + 6,
};

export function addColumns(
  builder: ProgramBuilder,
  { t, site, isKnown, isLast, mostBoughtKw, mostSoldKw }: ProgramStep,
  { course, overPrice, isOneStore }: { course: StorageCourse; overPrice: number; isOneStore: boolean },
): void {
  const { battery, importLimitKw, exportLimitKw } = site;
  const { hours, buy, sell } = course;
  builder.column(0, 0, isKnown ? battery.chargeKw : 0);
  builder.column(0, 0, isKnown ? battery.dischargeKw : 0);
  builder.column(0, isLast && isOneStore ? battery.finalKwh : 0, isOneStore ? battery.capacityKwh : 0);
  builder.column((buy[t] ?? 0) * hours, 0, mostBoughtKw);
  builder.column(-(sell[t] ?? 0) * hours, 0, mostSoldKw);
  builder.column(overPrice * hours, 0, importLimitKw < mostBoughtKw ? mostBoughtKw : 0);
  builder.column(overPrice * hours, 0, exportLimitKw < mostSoldKw ? mostSoldKw : 0);
}

/** What is bought, less what is sold, is the load and what the battery takes. */
export function addBalance(builder: ProgramBuilder, { t, netKw }: ProgramStep): void {
  builder.row(netKw, netKw, [
    [stepColumns.bought(t), 1],
    [stepColumns.sold(t), -1],
    [stepColumns.charge(t), -1],
    [stepColumns.discharge(t), 1],
  ]);
}

/** What is stored at the end of a step is what is kept of that before, and what was charged. */
export function addStore(
  builder: ProgramBuilder,
  { t, site: { battery }, isFirst }: ProgramStep,
  hours: number,
): void {
  const kept = keptShare(battery, hours);
  const start = isFirst ? battery.initialKwh * kept : 0;
  builder.row(start, start, [
    [stepColumns.stored(t), 1],
    ...(isFirst ? [] : [[stepColumns.stored(t - 1), -kept] as const]),
    [stepColumns.charge(t), -battery.chargeEfficiency * hours],
    [stepColumns.discharge(t), hours / battery.dischargeEfficiency],
  ]);
}

export function addLimits(builder: ProgramBuilder, { t, netKw, site }: ProgramStep): void {
  const { battery, importLimitKw, exportLimitKw } = site;
  if (importLimitKw < netKw + battery.chargeKw) {
    builder.row(Number.NEGATIVE_INFINITY, importLimitKw, [
      [stepColumns.bought(t), 1],
      [stepColumns.boughtOver(t), -1],
    ]);
  }
  if (exportLimitKw < battery.dischargeKw - netKw) {
    builder.row(Number.NEGATIVE_INFINITY, exportLimitKw, [
      [stepColumns.sold(t), 1],
      [stepColumns.soldOver(t), -1],
    ]);
  }
}

/** Either charged or discharged, and either bought or sold. */
export function addExclusion(
  builder: ProgramBuilder,
  { t, site: { battery }, mostBoughtKw, mostSoldKw }: ProgramStep,
): void {
  const charges = builder.column(0, 0, 1, true);
  const buys = builder.column(0, 0, 1, true);
  builder.row(Number.NEGATIVE_INFINITY, 0, [
    [stepColumns.charge(t), 1],
    [charges, -battery.chargeKw],
  ]);
  builder.row(Number.NEGATIVE_INFINITY, battery.dischargeKw, [
    [stepColumns.discharge(t), 1],
    [charges, battery.dischargeKw],
  ]);
  builder.row(Number.NEGATIVE_INFINITY, 0, [
    [stepColumns.bought(t), 1],
    [buys, -mostBoughtKw],
  ]);
  builder.row(Number.NEGATIVE_INFINITY, mostSoldKw, [
    [stepColumns.sold(t), 1],
    [buys, mostSoldKw],
  ]);
}
