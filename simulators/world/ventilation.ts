import type { Moment } from './calendar.ts';
import type { Construction } from './construction.ts';
import type { BuildingDetails } from './details.ts';

export type Air = {
  /** Share of full speed. */
  speed: number;
  /** Of the flow that is wanted: what the fans move. */
  flowShare: number;
  powerW: number;
};

const OFF_FLOW = 0.12;

/**
 * Fans: by the clock where people come and go (a school), at all hours where they sleep, with the cooker hood's boost.
 * Power goes with the cube of the flow in ducts, and with about its square where pressure is held (fan laws).
 */
export function createVentilation(
  { kind, ventilation, areaM2 }: BuildingDetails,
  { airflow, fanW }: Construction,
  powerKw: number | undefined,
) {
  const fullW = powerKw === undefined ? areaM2 * airflow * 1.15 * fanW : powerKw * 1000;
  const air: Air = { speed: 1, flowShare: 1, powerW: 0 };
  let owedMs = 0;

  /** `limitW`: what it may draw. What people had to do without is made up for at full speed. */
  return (moment: Moment, stepMs: number, leastSpeed: number, limitW: number): Air => {
    if (fullW <= 0 && powerKw === undefined) {
      air.speed = 0;
      air.flowShare = 1;
      return air;
    }
    const usual = Math.max(usualSpeed(kind, moment), leastSpeed);
    const wanted = owedMs > 0 ? 1 : usual;
    const possible = limitW >= fullW ? 1 : Math.sqrt(Math.max(limitW, 0) / fullW);
    air.speed = Math.min(wanted, possible);
    if (air.speed < usual) owedMs = Math.min(owedMs + (usual - air.speed) * stepMs, 3_600_000);
    else if (owedMs > 0) owedMs -= stepMs;
    air.powerW = fullW * air.speed ** 2;
    air.flowShare = ventilation === 'natural' ? 1 : Math.max(air.speed / 0.85, OFF_FLOW);
    return air;
  };
}

function usualSpeed(kind: BuildingDetails['kind'], moment: Moment): number {
  const { hour } = moment;
  if (kind === 'school') return moment.isSchoolDay && hour >= 5.5 && hour < 18.5 ? 0.9 : 0;
  if (kind === 'care-home') return hour >= 6 && hour < 21 ? 0.9 : 0.7;
  return hour >= 6 && hour < 22 ? 0.87 : 0.72;
}
