import { type Construction, DESIGN_OUTDOOR_C, WANTED_C } from './construction.ts';
import type { BuildingDetails } from './details.ts';
import type { HotWater } from './hot-water.ts';
import type { Radiators } from './radiators.ts';

/** Where the heat comes from in a step. */
export type HeatSupply = {
  /** To the radiators and to hot water, W. */
  spaceW: number;
  waterW: number;
  /** Through the district-heating meter (of a house without it: the heat pump's own heat meter), W. */
  meteredW: number;
  primarySupplyC: number;
  primaryReturnC: number;
  flowLph: number;
  /** Electricity: compressor, and the immersion heater behind it. */
  heatPumpW: number;
  heaterW: number;
};

export const WATER_WH_PER_L = 1.163;
/** Of Carnot's efficiency, what a heat pump of this size reaches (EN 14511 tests of ground-source pumps: 0.45 to 0.52). */
const CARNOT_SHARE = 0.48;
const BRINE_C = 1;
const LIFT_C = 4;
const TANK_CHARGE_C = 63;

/**
 * District heating through heat exchangers, a heat pump with an immersion heater behind it, or both: then the pump does
 * what it can and the district the rest.
 */
export function createHeatSupply(
  { heating, areaM2, tankL }: BuildingDetails,
  construction: Construction,
  { pumpKw, heaterKw }: { pumpKw: number | undefined; heaterKw: number | undefined },
) {
  const { transmission, leakage, airflow, recovery } = construction;
  const designW =
    areaM2 * (transmission + 1206 * (leakage + airflow * (1 - recovery))) * (WANTED_C - DESIGN_OUTDOOR_C);
  // Six tenths of the load give nine tenths of the heat.
  const compressorW = pumpKw === undefined ? (0.6 * designW) / 3 : pumpKw * 1000;
  const hasPump = heating !== 'district';
  const hasDistrict = heating !== 'heat-pump';
  const heaterW = heaterKw === undefined ? 0 : heaterKw * 1000;
  const now: HeatSupply = {
    spaceW: 0,
    waterW: 0,
    meteredW: 0,
    primarySupplyC: 75,
    primaryReturnC: 40,
    flowLph: 0,
    heatPumpW: 0,
    heaterW: 0,
  };

  return {
    now,
    /** `pumpLimitW`, `heaterLimitW`: what the compressor and the hot-water heater may draw. */
    step: (
      {
        wantedW,
        radiators,
        water,
        primaryC,
      }: { wantedW: number; radiators: Radiators; water: HotWater; primaryC: number },
      { pumpLimitW, heaterLimitW }: { pumpLimitW: number; heaterLimitW: number },
    ): void => {
      now.heatPumpW = 0;
      now.heaterW = 0;
      let spaceLeftW = wantedW;
      let waterLeftW = water.wantedW;
      if (tankL > 0 && heaterW > 0) {
        now.heaterW = Math.min(heaterW, heaterLimitW, waterLeftW);
        waterLeftW = 0;
        now.waterW = now.heaterW;
      } else now.waterW = 0;
      let pumpHeatW = 0;
      if (hasPump) {
        const mayW = Math.min(compressorW, pumpLimitW);
        // Hot water first, as its valve does.
        if (waterLeftW > 0 && tankL > 0) {
          const cop = copAt(TANK_CHARGE_C);
          const heatW = Math.min(waterLeftW, mayW * cop);
          now.heatPumpW += heatW / cop;
          now.waterW += heatW;
          waterLeftW = 0;
          pumpHeatW += heatW;
        }
        const cop = copAt(Math.max(radiators.targetC, 28));
        const heatW = Math.min(spaceLeftW, Math.max(mayW - now.heatPumpW, 0) * cop);
        now.heatPumpW += heatW / cop;
        spaceLeftW -= heatW;
        pumpHeatW += heatW;
        // The immersion heater helps when the supply has fallen behind, and is held with the pump.
        if (!hasDistrict && radiators.targetC - radiators.supplyC > 3 && pumpLimitW >= compressorW) {
          const helpW = Math.min(spaceLeftW, 0.45 * designW);
          now.heaterW += helpW;
          spaceLeftW -= helpW;
        }
      }
      if (!hasDistrict) {
        now.spaceW = wantedW - spaceLeftW;
        if (tankL <= 0) {
          // Without a tank the heater makes hot water as it is drawn.
          now.heaterW += waterLeftW;
          now.waterW = waterLeftW;
        }
        now.meteredW = pumpHeatW;
        now.primarySupplyC = Math.max(radiators.supplyC, pumpHeatW > 0 ? radiators.targetC : 0);
        now.primaryReturnC = radiators.returnC;
        const spread = Math.max(now.primarySupplyC - now.primaryReturnC, 3);
        now.flowLph = pumpHeatW / WATER_WH_PER_L / spread;
        return;
      }
      now.spaceW = wantedW;
      const waterW = tankL > 0 ? waterLeftW : water.wantedW;
      now.waterW += waterW;
      now.meteredW = spaceLeftW + waterW;
      district(now, { spaceW: spaceLeftW, waterW, radiators, water, primaryC });
    },
  };
}

/** Flow and return of the substation: each heat exchanger cools the district's water to a little above what it heats. */
function district(
  now: HeatSupply,
  {
    spaceW,
    waterW,
    radiators,
    water,
    primaryC,
  }: { spaceW: number; waterW: number; radiators: Radiators; water: HotWater; primaryC: number },
): void {
  now.primarySupplyC = primaryC;
  const spaceBackC = radiators.returnC + 2.5;
  // Drawn water enters cold; what only keeps the circulation warm leaves as warm as that.
  const circulationW = Math.min(water.circulationW, waterW);
  const drawnW = waterW - circulationW;
  const flow = (w: number, backC: number) => w / WATER_WH_PER_L / Math.max(primaryC - backC, 5);
  const spaceLph = flow(spaceW, spaceBackC);
  const drawnLph = flow(drawnW, Math.max(water.coldC + 14, 22));
  const circulationLph = flow(circulationW, water.circulationC + 3);
  now.flowLph = spaceLph + drawnLph + circulationLph;
  // A substation is never quite shut.
  now.primaryReturnC =
    now.flowLph > 0
      ? primaryC - (spaceW + waterW) / WATER_WH_PER_L / now.flowLph
      : now.primaryReturnC + (30 - now.primaryReturnC) * 0.05;
}

function copAt(supplyC: number): number {
  const hotK = supplyC + LIFT_C + 273.15;
  const coldK = BRINE_C - LIFT_C + 273.15;
  return Math.min((CARNOT_SHARE * hotK) / (hotK - coldK), 5.5);
}
