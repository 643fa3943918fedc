import type { BuildingDetails } from './details.ts';

/** Hot water: its plant, the pipe to the taps, and the pump that keeps it warm. */
export type HotWater = {
  /** Leaving the plant, °C. */
  supplyC: number;
  /** In the pipe to the taps, where a sensor sits: as the supply while water moves. */
  pipeC: number;
  /** What comes back from the circulation. */
  circulationC: number;
  /** In the tank; of a plant without one the set-point. */
  tankC: number;
  coldC: number;
  hotLph: number;
  /** Heat for what is drawn, and for what the pipes lose, W. */
  drawnW: number;
  circulationW: number;
  /** Heat that the plant is to give now, W. */
  wantedW: number;
  pumpW: number;
};

const WATER_J_PER_L = 4186;
const ROOM_C = 22;
/** Circulation and risers of a flat, W/K: 50 W at 33 K, 6 kWh/m² and year (Boverket: 2 to 8 in most, more in old blocks). */
const PIPE_W_PER_K = 1.5;
/** The pump is set so that water comes back this much colder. */
const SPREAD_C = 3.5;
const SETPOINT_C = 57;
/** A tank heats up to here when it has fallen below there, and must not fall below 60 °C for long (Boverket). */
const TANK_FULL_C = 63;
const TANK_LOW_C = 57;
const TANK_W_PER_K_L = 0.004;

export function createHotWater({ flats, kind, tankL }: BuildingDetails, share: number) {
  const pipeWPerK = Math.max(flats, kind === 'school' ? 6 : 1) * PIPE_W_PER_K;
  const setpointC = SETPOINT_C - 1 + 2 * share;
  const tankJ = tankL * WATER_J_PER_L;
  let isCharging = false;
  const now: HotWater = {
    supplyC: setpointC,
    pipeC: setpointC,
    circulationC: setpointC - SPREAD_C,
    tankC: tankL > 0 ? 60 : setpointC,
    coldC: 8,
    hotLph: 0,
    drawnW: 0,
    circulationW: 0,
    wantedW: 0,
    pumpW: 0,
  };

  return {
    now,
    /** `circulation`: share of the flow that the pump gives; `heldC`: a set-point that somebody or something changed. */
    step: (
      {
        litres,
        coldC,
        circulation,
        heldC,
      }: { litres: number; coldC: number; circulation: number; heldC: number | undefined },
      stepMs: number,
    ): void => {
      const seconds = stepMs / 1000;
      const wantedC = heldC ?? setpointC;
      now.coldC = coldC;
      now.hotLph = (litres * 3600) / seconds;
      // A mixing valve behind the tank, or a heat exchanger that sags when everybody showers.
      const sagC = tankL > 0 ? 0 : Math.min(now.hotLph / Math.max(flats, 6) / 14, 4);
      now.supplyC += (Math.min(wantedC, tankL > 0 ? now.tankC : wantedC) - sagC - now.supplyC) * 0.8;
      const lossC = circulation > 0.02 ? SPREAD_C / circulation : Number.POSITIVE_INFINITY;
      const fullC = now.supplyC - ROOM_C;
      // A loop gives off `1 − e^(−UA/ṁc)` of its excess temperature; SPREAD_C is that at full flow.
      const share = Math.min(lossC / (SETPOINT_C - ROOM_C), 3);
      const backC = ROOM_C + fullC * Math.exp(-share);
      // Water that stands cools with the pipes' own time: two and a half hours.
      const follow = circulation > 0.02 ? 1 - Math.exp(-seconds / 500) : 1 - Math.exp(-seconds / 9000);
      now.circulationC += ((circulation > 0.02 ? backC : ROOM_C) - now.circulationC) * follow;
      const moves = circulation > 0.02 || litres > 0;
      now.pipeC +=
        ((moves ? now.supplyC : ROOM_C) - now.pipeC) * (moves ? 0.9 : 1 - Math.exp(-seconds / 5400));
      now.circulationW = circulation > 0.02 ? pipeWPerK * ((now.supplyC + now.circulationC) / 2 - ROOM_C) : 0;
      now.drawnW = (litres * WATER_J_PER_L * Math.max(now.supplyC - coldC, 0)) / seconds;
      now.pumpW = 25 * circulation + 1.2 * flats * circulation;
      if (tankL <= 0) {
        now.wantedW = now.drawnW + now.circulationW;
        return;
      }
      if (now.tankC < Math.min(TANK_LOW_C, wantedC + 2)) isCharging = true;
      const fullAtC = heldC === undefined ? TANK_FULL_C : wantedC + 4;
      if (now.tankC >= fullAtC) isCharging = false;
      now.wantedW = isCharging ? Math.max(((fullAtC - now.tankC) * tankJ) / 3600, 0) + now.drawnW : 0;
    },
    /** What the plant gave in the step. */
    take: (givenW: number, stepMs: number): void => {
      if (tankL <= 0) return;
      const lossW = TANK_W_PER_K_L * tankL * (now.tankC - ROOM_C);
      now.tankC += ((givenW - now.drawnW - now.circulationW - lossW) * (stepMs / 1000)) / tankJ;
    },
  };
}
