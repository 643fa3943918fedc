/** A store of energy behind one meter: a battery, or a heat accumulator. Powers are measured at its terminals. */
export type Battery = {
  readonly capacityKwh: number;
  readonly chargeKw: number;
  readonly dischargeKw: number;
  /** Of the energy that goes in, the share that is stored: 0..1. */
  readonly chargeEfficiency: number;
  /** Of the energy that is taken from the store, the share that comes out: 0..1. */
  readonly dischargeEfficiency: number;
  /** Share of the stored energy that is lost in an hour. */
  readonly lossPerHour: number;
  readonly initialKwh: number;
  /** What must be stored at the end, at least. */
  readonly finalKwh: number;
};

/** A battery and the connection that it stands behind; an unlimited connection is `Infinity`. */
export type StorageSite = {
  readonly battery: Battery;
  readonly importLimitKw: number;
  readonly exportLimitKw: number;
};

/** Share of the stored energy that is still there after some hours. */
export function keptShare({ lossPerHour }: Battery, hours: number): number {
  return (1 - lossPerHour) ** hours;
}

/**
 * What the battery can do in a step: the range of its power, kW at its terminals; positive charges. `storedKwh`: at the
 * step's start. Losses are taken from what is stored at the start, so that a full store stays within its capacity.
 */
export function powerRange(
  battery: Battery,
  storedKwh: number,
  hours: number,
): { readonly minKw: number; readonly maxKw: number } {
  const kept = storedKwh * keptShare(battery, hours);
  const room = Math.max(battery.capacityKwh - kept, 0) / (battery.chargeEfficiency * hours);
  const supply = Math.max((kept * battery.dischargeEfficiency) / hours, 0);
  return { minKw: -Math.min(battery.dischargeKw, supply), maxKw: Math.min(battery.chargeKw, room) };
}

/** What is stored after a step at a power, kWh; the power is within {@link powerRange}. */
export function storedAfter(battery: Battery, storedKwh: number, powerKw: number, hours: number): number {
  const flow = powerKw > 0 ? powerKw * battery.chargeEfficiency : powerKw / battery.dischargeEfficiency;
  const after = storedKwh * keptShare(battery, hours) + flow * hours;
  return Math.min(Math.max(after, 0), battery.capacityKwh);
}
