import type { Chance } from '../chance.ts';
import type { BuildingDetails } from './details.ts';
import { onPlaneWm2, planeOf, type Sun } from './sun.ts';

const TILT_DEG = 22;
/** Wiring, dirt, mismatch and inverter (IEA PVPS T13: performance ratios of 0.8 to 0.88 in northern Europe). */
const YIELD = 0.86;
/** Per degree of the cells above 25 °C. */
const PER_DEGREE = -0.0038;
/** Cells under full sun are this much warmer than the air (NOCT). */
const HEAT_C_PER_WM2 = 0.03;

/** Power of the inverter, W; `working`: the share of the modules that gives anything. */
export function createPhotovoltaic(
  { pvKwp, pvInverterKw, facadeAzimuthDeg }: BuildingDetails,
  chance: Chance,
) {
  // A roof looks to the side of its house that is more to the south.
  const plane = planeOf(
    Math.abs(facadeAzimuthDeg - 180) <= 90 ? facadeAzimuthDeg : facadeAzimuthDeg + 180,
    TILT_DEG,
  );
  return (sun: Sun, outdoorC: number, atMs: number, working: number): number => {
    if (pvKwp <= 0 || sun.globalWm2 <= 0) return 0;
    const light = onPlaneWm2(sun, plane);
    const broken = Math.min(sun.diffuseWm2 / sun.globalWm2, 1 - sun.diffuseWm2 / sun.globalWm2);
    const passing = 1 + 0.35 * broken * chance.wave(atMs, 600_000);
    const cellC = outdoorC + HEAT_C_PER_WM2 * light;
    const watts = pvKwp * light * passing * YIELD * (1 + PER_DEGREE * (cellC - 25)) * working;
    return Math.min(Math.max(watts, 0), pvInverterKw * 1000);
  };
}
