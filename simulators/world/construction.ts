import type { BuildingDetails } from './details.ts';

/** A house as heat sees it, per m² of floor. */
export type Construction = {
  /** Through walls, roof, windows and bridges, W/K·m². */
  readonly transmission: number;
  /** Through leaks at 4 m/s of wind, m³/s·m². */
  readonly leakage: number;
  /** Heavy parts that take part in a week, J/K·m². */
  readonly massJ: number;
  /** Glass, and what of the sun comes through it, curtains and balconies considered: m² of open window per m² of floor. */
  readonly solarApertureM2: number;
  /** Of the air that the fans move, what heat is taken back. */
  readonly recovery: number;
  /** Air change that is wanted, m³/s·m². */
  readonly airflow: number;
  /** Supply to the radiators on the coldest day, °C. */
  readonly designSupplyC: number;
  /** What the fans draw, W per m³/s. */
  readonly fanW: number;
};

/** The coldest day that houses on this coast are built for, °C (Boverket, DVUT for Kalmar of a light house, rounded down). */
export const DESIGN_OUTDOOR_C = -15;
export const WANTED_C = 21.3;
/** 0.35 l/s·m² (Boverket, BBR 6:251). */
const RESIDENTIAL_FLOW = 0.35e-3;
/** Lessons: 7 l/s and person and 0.35 l/s·m² (AFS 2020:1), at 2.5 m² to a pupil where they sit, a third of the house. */
const SCHOOL_FLOW = 1.6e-3;
const CARE_FLOW = 0.6e-3;

/**
 * By year: mean U-values and air-tightness of Swedish blocks from the survey BETSI (Boverket 2010), made so that a
 * year's heat comes out as the energy declarations say (see simulators/README.md).
 */
const eras: readonly {
  readonly until: number;
  readonly of: Omit<Construction, 'recovery' | 'airflow' | 'fanW'>;
}[] = [
  { until: 1961, of: era(1.1, 0.11e-3, 330e3, 0.05, 63) },
  { until: 1976, of: era(1.02, 0.1e-3, 380e3, 0.056, 61) },
  { until: 1990, of: era(0.78, 0.08e-3, 330e3, 0.05, 58) },
  { until: 2006, of: era(0.67, 0.06e-3, 300e3, 0.046, 56) },
  { until: Number.POSITIVE_INFINITY, of: era(0.55, 0.045e-3, 300e3, 0.04, 52) },
];

export function constructionOf({ yearBuilt, ventilation, kind }: BuildingDetails): Construction {
  const found = eras.find(({ until }) => yearBuilt < until) ?? eras[0];
  const airflow = kind === 'school' ? SCHOOL_FLOW : kind === 'care-home' ? CARE_FLOW : RESIDENTIAL_FLOW;
  // Stack and wind move less than fans, and most in winter.
  const moved = ventilation === 'natural' ? 0.75 * airflow : airflow;
  return {
    ...(found?.of ?? era(0.92, 0.09e-3, 380e3, 0.058, 60)),
    airflow: moved,
    recovery: ventilation === 'balanced' ? 0.74 : 0,
    fanW: ventilation === 'natural' ? 0 : ventilation === 'exhaust' ? 800 : 1700,
  };
}

function era(
  transmission: number,
  leakage: number,
  massJ: number,
  solarApertureM2: number,
  designSupplyC: number,
) {
  return { transmission, leakage, massJ, solarApertureM2, designSupplyC };
}
