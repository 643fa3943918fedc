import { HOUR_MS } from '../../src/domain/interval.ts';
import { DAY_MS } from '../local-time.ts';

/** Kalmar. */
const LATITUDE = (56.66 * Math.PI) / 180;
const LONGITUDE_DEG = 16.36;
const YEAR_DAYS = 365.2425;
const ALBEDO = 0.2;
const SOLAR_CONSTANT = 1361;

/** Where the sun stands and what of its light comes straight from it. Unit vector: east, north, up. */
export type Sun = {
  readonly east: number;
  readonly north: number;
  readonly up: number;
  /** On a plane that faces the sun, W/m². */
  readonly beamWm2: number;
  /** From the sky, on the horizontal, W/m². */
  readonly diffuseWm2: number;
  readonly globalWm2: number;
};

/** Declination and equation of time: Spencer (1971), as in Duffie & Beckman, Solar Engineering, 1.5 and 1.6. */
export function sunVector(atMs: number): { east: number; north: number; up: number } {
  const g = (2 * Math.PI * ((atMs / DAY_MS) % YEAR_DAYS)) / YEAR_DAYS;
  const declination =
    0.006918 -
    0.399912 * Math.cos(g) +
    0.070257 * Math.sin(g) -
    0.006758 * Math.cos(2 * g) +
    0.000907 * Math.sin(2 * g);
  const equationHours =
    (229.18 / 60) *
    (0.000075 +
      0.001868 * Math.cos(g) -
      0.032077 * Math.sin(g) -
      0.014615 * Math.cos(2 * g) -
      0.04089 * Math.sin(2 * g));
  const solarHour = ((atMs % DAY_MS) / HOUR_MS + LONGITUDE_DEG / 15 + equationHours) % 24;
  const hourAngle = ((solarHour - 12) * Math.PI) / 12;
  return {
    east: -Math.cos(declination) * Math.sin(hourAngle),
    north:
      Math.cos(LATITUDE) * Math.sin(declination) -
      Math.sin(LATITUDE) * Math.cos(declination) * Math.cos(hourAngle),
    up:
      Math.sin(LATITUDE) * Math.sin(declination) +
      Math.cos(LATITUDE) * Math.cos(declination) * Math.cos(hourAngle),
  };
}

/** Irradiance under a clear sky, W/m² on the horizontal: Haurwitz (1945), as compared by Reno et al. (SAND2012-2389). */
export function clearSkyWm2(up: number): number {
  return up <= 0.01 ? 0 : 1098 * up * Math.exp(-0.057 / up);
}

/** Splits global irradiance into beam and sky by the clearness index: Erbs, Klein & Duffie (1982). */
export function sunAt(atMs: number, globalWm2: number): Sun {
  const vector = sunVector(atMs);
  const { up } = vector;
  if (globalWm2 <= 0) return { ...vector, beamWm2: 0, diffuseWm2: 0, globalWm2: 0 };
  // Near the horizon, or when a file's clock is not the sun's, everything comes from the sky.
  if (up < 0.05) return { ...vector, beamWm2: 0, diffuseWm2: globalWm2, globalWm2 };
  const clearness = Math.min(globalWm2 / (SOLAR_CONSTANT * up), 1);
  const diffuseShare =
    clearness <= 0.22
      ? 1 - 0.09 * clearness
      : clearness <= 0.8
        ? 0.9511 -
          0.1604 * clearness +
          4.388 * clearness ** 2 -
          16.638 * clearness ** 3 +
          12.336 * clearness ** 4
        : 0.165;
  const diffuseWm2 = diffuseShare * globalWm2;
  return { ...vector, beamWm2: Math.min((globalWm2 - diffuseWm2) / up, 1000), diffuseWm2, globalWm2 };
}

/** A plane by the unit vector that stands on it. */
export type Plane = { readonly east: number; readonly north: number; readonly up: number };

/** `azimuthDeg`: 0 is north, 90 east. `tiltDeg`: 0 lies, 90 stands. */
export function planeOf(azimuthDeg: number, tiltDeg: number): Plane {
  const [azimuth, tilt] = [(azimuthDeg * Math.PI) / 180, (tiltDeg * Math.PI) / 180];
  return {
    east: Math.sin(tilt) * Math.sin(azimuth),
    north: Math.sin(tilt) * Math.cos(azimuth),
    up: Math.cos(tilt),
  };
}

/** Irradiance on a plane, W/m²: beam, an even sky, and what the ground throws back (Liu & Jordan 1963). */
export function onPlaneWm2(sun: Sun, plane: Plane): number {
  const facing = sun.east * plane.east + sun.north * plane.north + sun.up * plane.up;
  return (
    sun.beamWm2 * Math.max(facing, 0) +
    (sun.diffuseWm2 * (1 + plane.up)) / 2 +
    (ALBEDO * sun.globalWm2 * (1 - plane.up)) / 2
  );
}
