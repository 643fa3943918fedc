import { HOUR_MS } from '../../src/domain/interval.ts';
import type { SiteBattery } from '../../src/domain/register.ts';
import type { Acknowledgement, LoadCommand } from './holds.ts';

/** What a battery of the register is; what is left out is usual. */
export type BatteryDetails = Pick<SiteBattery, 'capacityKwh' | 'chargeKw' | 'dischargeKw'> &
  Partial<Pick<SiteBattery, 'chargeEfficiency' | 'dischargeEfficiency' | 'lossPerHour' | 'reserve'>>;

const EFFICIENCY = 0.95;

/** What it has been told, W, until a moment. */
type SetPoint = { readonly gridW?: number; readonly powerW?: number; readonly untilMs: number };

/**
 * A battery that keeps the house's own sun for its evening, unless it is told what to do: what the main meter is to show, or
 * its own power, until a moment. Powers at its terminals in W, above 0 while it charges.
 */
export function createBattery(details: BatteryDetails | undefined) {
  const {
    capacityKwh = 0,
    chargeKw = 0,
    dischargeKw = 0,
    chargeEfficiency = EFFICIENCY,
    dischargeEfficiency = EFFICIENCY,
    lossPerHour = 0,
    reserve = 0,
  } = details ?? {};
  const capacityWh = capacityKwh * 1000;
  let storedWh = capacityWh / 2;
  let told: SetPoint | undefined;

  return {
    storedWh: () => storedWh,
    /** Undefined where there is no battery. */
    chargedPct: () => (details ? (100 * storedWh) / capacityWh : undefined),
    /** Obeys a set-point from the next step on; `gridKw` comes before `powerKw`: the inverter follows the meter. */
    command: ({ powerKw, gridKw, off, untilMs }: LoadCommand, atMs: number): Acknowledgement => {
      if (!(untilMs > atMs)) return { accepted: false, reason: 'its end is past' };
      if (gridKw !== undefined) told = { gridW: gridKw * 1000, untilMs };
      else if (powerKw !== undefined || off) told = { powerW: (off ? 0 : (powerKw ?? 0)) * 1000, untilMs };
      else return { accepted: false, reason: 'it says neither gridKw nor powerKw nor off' };
      return { accepted: true, untilMs };
    },
    /** `netW` is what the house draws without it; `limitW` what a flexible load of that name may draw, if finite. */
    step: (netW: number, stepMs: number, atMs: number, limitW: number): number => {
      if (!details) return 0;
      const hours = stepMs / HOUR_MS;
      storedWh *= 1 - lossPerHour * hours;
      const isTold = told !== undefined && atMs < told.untilMs;
      const pointW = isTold ? (told?.powerW ?? (told?.gridW ?? 0) - netW) : undefined;
      const wanted = pointW ?? (Number.isFinite(limitW) ? limitW : -netW);
      const room = Math.max(capacityWh - storedWh, 0) / hours / chargeEfficiency;
      const left = (Math.max(storedWh - reserve * capacityWh, 0) * dischargeEfficiency) / hours;
      const watts = Math.max(Math.min(wanted, chargeKw * 1000, room), -dischargeKw * 1000, -left);
      storedWh += (watts > 0 ? watts * chargeEfficiency : watts / dischargeEfficiency) * hours;
      return watts;
    },
  };
}
