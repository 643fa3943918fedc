import type { Construction } from './construction.ts';
import type { Zones } from './zones.ts';

/** What acts on the rooms in a step. */
export type Climate = {
  readonly outdoorC: number;
  readonly windMs: number;
  /** Water in outdoor air, g/m³. */
  readonly outdoorG: number;
  /** On the two facades with windows, W/m². */
  readonly facadeWm2: number;
  readonly oppositeWm2: number;
  /** Fans, against what is wanted. */
  readonly flowShare: number;
  /** Heat from things that people use, W/m². */
  readonly gainsWm2: number;
  readonly coolingWm2: number;
  /** Share of the people that is awake. */
  readonly awake: number;
  /** Air is heavier when it is cold and rises the faster: natural ventilation against its mean. */
  readonly stack: number;
};

export type ThermalStep = {
  /** Heat from the radiators, W. */
  emittedW: number;
  /** To the outside, W. */
  lostW: number;
  /** From sun, people, things, less cooling, W. */
  gainedW: number;
  /** Mean air and mean valve opening, by floor. */
  airC: number;
  open: number;
  storedW: number;
};

/** Air, furniture and inner surfaces, J/K·m². */
const AIR_J = 26_000;
/** Between rooms and heavy parts: 2.4 m² of surface at 2.5 W/K·m². */
const TO_MASS = 6;
/** Between flats, through walls and floors. */
const BETWEEN = 0.9;
/** What of the transmission goes through heavy outer walls and not straight out of windows. */
const THROUGH_MASS = 0.45;
const SUN_ON_MASS = 0.5;
const AIR_WS = 1206;
const PERSON_W = 72;
const HEIGHT_M = 2.5;
/** m³/s of CO₂ of an adult at rest and asleep (Persily & de Jonge, Indoor Air 2017). */
const CO2_AWAKE = 4.9e-6;
const CO2_ASLEEP = 3.3e-6;
const CO2_OUT = 425;
/** People sit together, where a sensor hangs, and not spread over the flat. */
const GATHERED = 1.25;
/** g/s of water of an adult at rest; cooking, washing and plants bring as much again and more. */
const WATER_PERSON = 0.014;
const WATER_LIVING = 0.028;
/** Width of a thermostat's band, K. */
const BAND_C = 2;

/**
 * One step of the rooms: each an air node between radiators, sun, people, neighbours and the outside, all around one
 * heavy node. The air is solved implicitly, because it follows in half an hour; the heavy node by its mean flow.
 */
export function stepRooms(
  zones: Zones,
  mass: { temperatureC: number },
  construction: Construction,
  climate: Climate,
  emissionWPerK: number,
  waterC: number,
  stuck: readonly (number | undefined)[],
  stepMs: number,
  out: ThermalStep,
): void {
  const { transmission, leakage, massJ, solarApertureM2, recovery, airflow } = construction;
  const { outdoorC, windMs, flowShare, gainsWm2, coolingWm2, awake, outdoorG, stack } = climate;
  const seconds = stepMs / 1000;
  const massC = mass.temperatureC;
  const meanC = out.airC;
  const capacity = AIR_J / seconds;
  const leaking = leakage * (0.45 + 0.14 * windMs);
  const mildAiring = 0.35e-3 * Math.min(Math.max((outdoorC - 12) / 8, 0), 1);
  const directWPerK = transmission * (1 - THROUGH_MASS);
  let [area, emitted, lost, gained, toMass, air, open, stored] = [0, 0, 0, 0, 0, 0, 0, 0];

  for (let i = 0; i < zones.count; i += 1) {
    const m2 = zones.areaM2[i] ?? 0;
    if (m2 <= 0) continue;
    const beforeC = zones.airC[i] ?? 21;
    const wantedC = zones.wantedC[i] ?? 21;
    const thermostat = zones.thermostat[i] ?? 1;
    const exposure = zones.exposure[i] ?? 1;
    const held = stuck[i];
    const throttled = Math.min(Math.max((wantedC + 0.5 * BAND_C - beforeC) / BAND_C, 0), 1);
    const target = held ?? 1 - thermostat * (1 - throttled);
    const valve =
      (zones.valve[i] ?? target) + (target - (zones.valve[i] ?? target)) * (held === undefined ? 0.35 : 1);
    zones.valve[i] = valve;
    // A radiator at half its flow still gives four fifths of its heat.
    const radiator = waterC > beforeC ? (1.25 * valve * emissionWPerK) / (valve + 0.25) : 0;
    // People open windows when it is mild, and wide when it is too warm inside, if that helps.
    const tooWarm = beforeC > 23.5 && outdoorC < beforeC - 1 ? 3.5e-3 * Math.min((beforeC - 23.5) / 3, 1) : 0;
    const airing = tooWarm + mildAiring;
    const moved = airflow * flowShare * stack * (zones.flow[i] ?? 1);
    const fresh = leaking + airing + moved;
    const heatFlow = AIR_WS * (leaking + airing + moved * (1 - (outdoorC < 15 ? recovery : 0)));
    const out_ = directWPerK * exposure + heatFlow;
    const facade = zones.facade[i] ?? 0.5;
    // Blinds come down.
    const shade = beforeC > 24 ? 1 - 0.4 * Math.min((beforeC - 24) / 2, 1) : 1;
    const sun = shade * solarApertureM2 * (facade * climate.facadeWm2 + (1 - facade) * climate.oppositeWm2);
    const people = zones.people[i] ?? 0;
    const gains = gainsWm2 * (zones.liveliness[i] ?? 1) + (people * PERSON_W) / m2 - coolingWm2;
    const nowC =
      (capacity * beforeC +
        radiator * waterC +
        out_ * outdoorC +
        TO_MASS * massC +
        BETWEEN * meanC +
        gains +
        sun * (1 - SUN_ON_MASS)) /
      (capacity + radiator + out_ + TO_MASS + BETWEEN);
    zones.airC[i] = nowC;
    const massShare = transmission * THROUGH_MASS * (exposure - 1);
    area += m2;
    emitted += m2 * radiator * (waterC - nowC);
    lost += m2 * (out_ * (nowC - outdoorC) + massShare * (massC - outdoorC));
    gained += m2 * (gains + sun);
    toMass += m2 * (TO_MASS * (nowC - massC) + sun * SUN_ON_MASS - massShare * (massC - outdoorC));
    // What neighbours exchange is reckoned with the last step's mean, and what that shifts in time is kept count of.
    stored += m2 * (capacity * (nowC - beforeC) + BETWEEN * (nowC - meanC));
    air += m2 * nowC;
    open += m2 * valve;

    const volume = m2 * HEIGHT_M;
    const exchange = (fresh * m2 * seconds) / volume;
    const breath = GATHERED * people * (awake * CO2_AWAKE + (1 - awake) * CO2_ASLEEP);
    zones.co2Ppm[i] =
      ((zones.co2Ppm[i] ?? CO2_OUT) + exchange * CO2_OUT + (1e6 * breath * seconds) / volume) /
      (1 + exchange);
    const vapour = people * (WATER_PERSON + WATER_LIVING * awake);
    // Walls and textiles take up and give back moisture: the air changes half as fast.
    zones.moistureG[i] =
      ((zones.moistureG[i] ?? 7) * 2 + exchange * outdoorG + (vapour * seconds) / volume) / (2 + exchange);
  }
  const massLoss = transmission * THROUGH_MASS * area * (massC - outdoorC);
  const intoMass = toMass - massLoss;
  mass.temperatureC += (intoMass * seconds) / (massJ * area);
  out.emittedW = emitted;
  out.lostW = lost + massLoss;
  out.gainedW = gained;
  out.airC = air / area;
  out.open = open / area;
  out.storedW = stored + intoMass;
}
