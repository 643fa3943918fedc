import type { Moment } from './calendar.ts';
import { type Construction, DESIGN_OUTDOOR_C, WANTED_C } from './construction.ts';
import type { BuildingDetails } from './details.ts';

/** The circuit from the plant to the radiators. */
export type Radiators = {
  /** What the control wants the supply to be; below the room's temperature: the pump stands. */
  targetC: number;
  supplyC: number;
  returnC: number;
  /** Mean of the water in the radiators. */
  waterC: number;
  /** Flow, W/K. */
  flowWPerK: number;
  emittedW: number;
  /** Outdoor temperature as the control feels it: with hours of delay. */
  feltC: number;
  /** The shunt valve, %. */
  openPct: number;
  pumpW: number;
};

/** Above this, felt outdoors, nothing is heated. */
const HEATING_LIMIT_C = 16.5;
/** Water and steel of the circuit, J/K per m² of floor. */
const CIRCUIT_J_PER_M2 = 5500;
/** A radiator gives `K·ΔT^1.3` (EN 442). */
const EXPONENT = 0.3;
/** How much larger than needed radiators were chosen. */
const OVERSIZED = 1.3;
const DESIGN_SPREAD_C = 14;
/** The plant gives at most this much of the design load. */
const PLANT_SIZE = 1.15;

export function createRadiators({ areaM2, setbackC, kind }: BuildingDetails, construction: Construction) {
  const { transmission, leakage, airflow, recovery, designSupplyC } = construction;
  const loss = transmission + 1206 * (leakage + airflow * (1 - recovery));
  const designW = loss * (WANTED_C - DESIGN_OUTDOOR_C) * 0.92;
  const designDifferenceC = designSupplyC - DESIGN_SPREAD_C / 2 - WANTED_C;
  /** Of 1 m² of floor, at open valves, W/K^1.3. */
  const emission = (OVERSIZED * designW) / designDifferenceC ** (1 + EXPONENT);
  const flowWPerK = (areaM2 * designW * OVERSIZED) / DESIGN_SPREAD_C;
  const circuitJ = areaM2 * CIRCUIT_J_PER_M2;
  const now: Radiators = {
    targetC: 30,
    supplyC: 35,
    returnC: 30,
    waterC: 32,
    flowWPerK,
    emittedW: 0,
    feltC: 5,
    openPct: 0,
    pumpW: 0,
  };

  /** What the curve says: for the share of the design load that is left, by the radiator's own law. */
  const curveC = (outdoorC: number): number => {
    const share = Math.max((HEATING_LIMIT_C + 1 - outdoorC) / (HEATING_LIMIT_C + 1 - DESIGN_OUTDOOR_C), 0.02);
    return WANTED_C + designDifferenceC * share ** (1 / (1 + EXPONENT)) + (DESIGN_SPREAD_C / 2) * share;
  };

  return {
    now,
    /** Sets the felt temperature when a simulation starts. */
    settle: (outdoorC: number): void => {
      now.feltC = outdoorC;
      now.supplyC = outdoorC < HEATING_LIMIT_C ? curveC(outdoorC) : WANTED_C + 1;
      now.returnC = Math.max(now.supplyC - 8, WANTED_C);
      now.waterC = (now.supplyC + now.returnC) / 2;
    },
    /** Follows the weather: what the supply is to be. */
    control: (
      outdoorC: number,
      moment: Moment,
      stepMs: number,
      { shiftC, isSetbackLost }: { shiftC: number; isSetbackLost: boolean },
    ): void => {
      now.feltC += (outdoorC - now.feltC) * (1 - Math.exp(-stepMs / (4 * 3_600_000)));
      const isNight = !isSetbackLost && isSetBack(kind, moment);
      // A degree of the room is about this much of the supply (slope of the curve over that of the load).
      const setback = isNight ? setbackC * 3.5 : 0;
      now.targetC = now.feltC < HEATING_LIMIT_C ? curveC(now.feltC) + shiftC - setback : 0;
    },
    /** Heat that one m² of floor would get through open valves at 1 K of difference, W/K. */
    emissionWPerK: (airC: number): number => {
      const difference = Math.max(now.waterC - airC, 0.1);
      return emission * difference ** EXPONENT;
    },
    /** The heat that brings the supply to its target within about ten minutes, W; never below 0. */
    wantedW: (stepMs: number): number =>
      now.targetC <= 0
        ? 0
        : Math.min(
            Math.max(now.emittedW + ((now.targetC - now.supplyC) * 0.5 * circuitJ) / (stepMs / 1000), 0),
            PLANT_SIZE * areaM2 * designW,
          ),
    /** What the radiators gave in a step, and what they got. `open`: mean opening of the valves by floor. */
    settleStep: (givenW: number, emittedW: number, open: number, airC: number, stepMs: number): void => {
      now.emittedW = emittedW;
      now.supplyC += ((givenW - emittedW) * (stepMs / 1000)) / circuitJ;
      now.supplyC = Math.max(now.supplyC, airC);
      now.flowWPerK = flowWPerK * Math.max(open, 0.12);
      const isRunning = now.targetC > 0;
      const spreadC = isRunning ? Math.min(emittedW / now.flowWPerK, now.supplyC - airC) : now.supplyC - airC;
      now.returnC = now.supplyC - Math.max(spreadC, 0);
      now.waterC = (now.supplyC + now.returnC) / 2;
      now.openPct = isRunning ? Math.min(Math.max((100 * givenW) / (areaM2 * designW), 0), 100) : 0;
      now.pumpW = isRunning ? areaM2 * 0.035 * (0.4 + 0.6 * open) : 0;
    },
  };
}

/** Nights of a home, evenings and week-ends of a school. */
function isSetBack(kind: BuildingDetails['kind'], { hour, isSchoolDay }: Moment): boolean {
  if (kind === 'school') return !isSchoolDay || hour < 4 || hour >= 20;
  return hour >= 23 || hour < 5;
}
