import type { Moment } from './calendar.ts';
import type { BuildingDetails } from './details.ts';

/**
 * Electricity of the house itself beside fans, pumps and laundry, W: stairs and yard when it is dark or somebody passes,
 * lifts, locks, antennas. About 6 kWh/m² and year in blocks (Energimyndigheten, STIL).
 */
export function createProperty({ areaM2, yearBuilt, flats, kind }: BuildingDetails) {
  const hasLift = kind === 'care-home' || (flats >= 18 && yearBuilt >= 1960);
  const standingW = areaM2 * (kind === 'care-home' ? 1.1 : 0.25);
  return ({ hour }: Moment, darkness: number, active: number): number => {
    const yard = darkness > 0.8 ? 0.28 : 0;
    const stairs = (hour >= 6 && hour < 23 ? 0.35 : 0.12) * (0.3 + 0.7 * darkness) + 0.25 * active;
    const lift = hasLift ? 60 + 14 * flats * active * 0.6 : 0;
    return standingW + areaM2 * (yard + 0.6 * stairs) + lift;
  };
}
