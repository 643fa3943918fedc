import { DAY_MS } from '../domain/interval.ts';

/** W/m² */
const SOLAR_CONSTANT = 1361;
const YEAR_DAYS = 365.2425;
const RADIAN = Math.PI / 180;
/** In the polar night there is still some light: nothing is divided by nothing. */
const LEAST_WM2 = 5;

/**
 * What the sun would send on a horizontal square metre in the mean of the day if there were no air, W/m²: what the season alone
 * does to solar cells. Duffie & Beckman, Solar Engineering of Thermal Processes, 1.6.1 (declination) and 1.10.3.
 */
export function extraterrestrialWm2(atMs: number, latitudeDeg: number): number {
  const day = (atMs / DAY_MS) % YEAR_DAYS;
  const declination = 23.45 * RADIAN * Math.sin((2 * Math.PI * (284 + day)) / YEAR_DAYS);
  const latitude = Math.min(Math.max(latitudeDeg, -89), 89) * RADIAN;
  const cosine = -Math.tan(latitude) * Math.tan(declination);
  const sunset = Math.acos(Math.min(Math.max(cosine, -1), 1));
  const eccentricity = 1 + 0.033 * Math.cos((2 * Math.PI * day) / YEAR_DAYS);
  const mean =
    ((SOLAR_CONSTANT * eccentricity) / Math.PI) *
    (Math.cos(latitude) * Math.cos(declination) * Math.sin(sunset) +
      sunset * Math.sin(latitude) * Math.sin(declination));
  return Math.max(mean, LEAST_WM2);
}
