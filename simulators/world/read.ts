import { HOUR_MS } from '../../src/domain/interval.ts';
import type { Quantity } from '../../src/domain/quantity.ts';
import type { SimulatedBuilding } from './building.ts';
import { isCircuit, readCircuit, START } from './circuits.ts';
import { type Outside, saturationG } from './outside.ts';
import type { Place } from './world.ts';

export type Clocked = { readonly atMs: number; readonly doneMs: number; readonly stepMs: number };

type Values = { readonly [Name in Quantity]?: number };

/** Power changes within a step at this rhythm. */
const CELL_MS = 20_000;
/** Kettles and hobs: what one household's power differs from its mean by in such a moment, W. */
const RESTLESS_W = 330;
/** How a building's power is spread over its phases. */
export const PHASES: Readonly<Record<string, number>> = {
  '1': 0.37,
  '2': 0.34,
  '3': 0.29,
  L1: 0.37,
  L2: 0.34,
  L3: 0.29,
};

/** The true value of a quantity at a place. */
export function readPlace(
  building: SimulatedBuilding,
  outside: Outside,
  time: Clocked,
  place: Place,
  quantity: Quantity,
  channel: string | undefined,
): number | undefined {
  switch (place.role) {
    case 'electricityMain':
      return electricity(building, time, quantity, channel);
    case 'heatMain':
      return heat(building, time, quantity, channel);
    case 'waterMain':
      return water(building, time, quantity, channel);
    case 'submeter':
      return submeter(building, time, place, quantity, channel);
    case 'room':
      return room(building, outside, time, place.space, quantity);
    case 'outdoor':
      return outdoor(outside, quantity);
    case 'container':
      return container(building, outside, place.container ?? place.device ?? '', quantity);
  }
}

/** Hours of the last step that are still to come. */
function leftHours({ atMs, doneMs }: Clocked): number {
  return (doneMs - atMs) / HOUR_MS;
}

/** Where in the step, and by how much power differs from the step's mean: cells whose sum is nothing, W and Wh. */
function restless({ details, unrest }: SimulatedBuilding, { atMs, doneMs, stepMs }: Clocked, netW: number) {
  const fromMs = doneMs - stepMs;
  const cells = stepMs / CELL_MS;
  const first = Math.round(fromMs / CELL_MS);
  const amplitude = Math.min(RESTLESS_W * Math.sqrt(Math.max(details.flats, 4)), 0.2 * Math.abs(netW));
  let mean = 0;
  for (let cell = 0; cell < cells; cell += 1) mean += unrest.at(first + cell) / cells;
  // The moment before: a reading at a step's end is of that step.
  const place = Math.max((atMs - fromMs) / CELL_MS, 0);
  const whole = Math.min(Math.ceil(place) - 1, cells - 1);
  let sum = 0;
  for (let cell = 0; cell < whole; cell += 1) sum += unrest.at(first + cell) - mean;
  const now = whole >= 0 ? unrest.at(first + whole) - mean : 0;
  return {
    powerW: 2 * amplitude * now,
    energyWh: (2 * amplitude * (sum + now * (place - Math.max(whole, 0))) * CELL_MS) / HOUR_MS,
  };
}

function electricity(
  building: SimulatedBuilding,
  time: Clocked,
  quantity: Quantity,
  channel: string | undefined,
): number | undefined {
  const { powers, counts } = building;
  const left = leftHours(time);
  const unrest = restless(building, time, powers.net);
  const powerW = powers.net + unrest.powerW;
  const isImport = powers.net > 0;
  const reactive = 0.21;
  const phase = channel === undefined ? undefined : PHASES[channel];
  const voltageV = 231.5 - Math.abs(powerW) / 60_000 + 1.6 * building.unrest.wave(time.atMs, 900_000);
  const phaseW = powerW * (phase ?? 1 / 3);
  const values: Values = {
    activePowerW: powerW,
    activeEnergyWh:
      START + counts.net - (isImport ? powers.net * left : 0) + (isImport ? unrest.energyWh : 0),
    exportedEnergyWh: counts.export + (isImport ? 0 : powers.net * left - unrest.energyWh),
    reactivePowerVar: reactive * Math.abs(powerW),
    apparentPowerVa: Math.abs(powerW) * Math.sqrt(1 + reactive ** 2),
    reactiveEnergyVarh: reactive * (START + counts.net - Math.max(powers.net, 0) * left),
    powerFactor: 1 / Math.sqrt(1 + reactive ** 2),
    frequencyHz: 50 + 0.04 * building.unrest.wave(time.atMs, 120_000),
    voltageV,
    phasePowerW: phaseW,
    currentA: (phaseW * Math.sqrt(1 + reactive ** 2)) / voltageV,
  };
  return values[quantity];
}

function heat(
  building: SimulatedBuilding,
  time: Clocked,
  quantity: Quantity,
  channel: string | undefined,
): number | undefined {
  const { powers, counts, supply, hotWater } = building;
  const left = leftHours(time);
  const values: Values = {
    heatPowerW: powers.heat,
    heatEnergyWh: START + counts.heat - powers.heat * left,
    heatVolumeL: START / 100 + counts.heatLph - powers.heatLph * left,
    flowLph: powers.heatLph,
    supplyTemperatureC: supply.primarySupplyC,
    returnTemperatureC: supply.primaryReturnC,
    hotWaterTemperatureC: channel === 'circulation' ? hotWater.circulationC : hotWater.pipeC,
  };
  return values[quantity];
}

function water(
  { powers, counts }: SimulatedBuilding,
  time: Clocked,
  quantity: Quantity,
  channel: string | undefined,
): number | undefined {
  const hot = channel === 'cold' ? 0 : 1;
  const cold = channel === 'hot' ? 0 : 1;
  const flowLph = cold * powers.coldLph + hot * powers.hotLph;
  const values: Values = {
    flowLph,
    waterVolumeL: START / 100 + cold * counts.coldLph + hot * counts.hotLph - flowLph * leftHours(time),
  };
  return values[quantity];
}

function submeter(
  building: SimulatedBuilding,
  time: Clocked,
  { space, device }: Place,
  quantity: Quantity,
  channel: string | undefined,
): number | undefined {
  const { spaces, battery } = building.building;
  const kind = spaces.find(({ id }) => id === space)?.kind;
  const ofBattery = battery?.socDevice !== undefined && device === battery.socDevice ? 'battery' : undefined;
  const name = [ofBattery, channel, space, kind].find((word) => word !== undefined && isCircuit(word));
  return name === undefined
    ? undefined
    : readCircuit(building, name, quantity, { leftHours: leftHours(time) });
}

function room(
  { zones, radiators, unrest, rooms }: SimulatedBuilding,
  outside: Outside,
  { atMs }: Clocked,
  space: string | undefined,
  quantity: Quantity,
): number | undefined {
  const known = zones.ids.indexOf(space ?? '');
  const zone = known < 0 ? zones.count - 1 : known;
  const own = rooms[zone] ?? unrest;
  const of = (values: Float64Array) => values[zone] ?? 0;
  const airC = of(zones.airC);
  const people = of(zones.people);
  const isAwake = people > 0 && outside.isAwake;
  const isDark = outside.darkness > 0.5;
  const daylight = 2.2 * outside.sun.diffuseWm2 + 1.1 * outside.sun.beamWm2 * of(zones.facade);
  const slot = Math.floor(atMs / 300_000);
  const values: Values = {
    airTemperatureC: airC + 0.06 * own.wave(atMs, 2_400_000),
    relativeHumidityPct: Math.min(Math.max((100 * of(zones.moistureG)) / saturationG(airC), 5), 99),
    co2Ppm: of(zones.co2Ppm) * (1 + 0.02 * own.wave(atMs, 1_200_000)),
    illuminanceLux: daylight * (1 + 0.3 * own.wave(atMs, HOUR_MS)) + (isAwake && isDark ? 130 : 0),
    motionCount: isAwake ? Math.floor(7 * own.at(slot)) : 0,
    occupied: people > 0 ? 1 : 0,
    soundDb: isAwake ? 41 + 6 * own.at(slot) : 32 + own.at(slot),
    tvocPpb: 90 + 0.22 * (of(zones.co2Ppm) - 420) + 25 * (1 + own.wave(atMs, 3 * HOUR_MS)),
    pm25Ugm3: 4 + 3 * (1 + own.wave(atMs, 6 * HOUR_MS)) + (isAwake && isDark ? 2 : 0),
    pm10Ugm3: 7 + 5 * (1 + own.wave(atMs, 6 * HOUR_MS)) + (isAwake ? 3 : 0),
    airPressurePa: outside.pressurePa,
    valveOpenPct: 100 * of(zones.valve),
    probeTemperatureC:
      airC + (Math.max(radiators.supplyC, airC) - airC) * Math.min(of(zones.valve) * 2.5, 0.95),
    open: airC > 24.5 && outside.weather.outdoorC < airC && people > 0 ? 1 : 0,
  };
  return values[quantity];
}

function outdoor({ weather, moistureG, pressurePa, sun }: Outside, quantity: Quantity): number | undefined {
  const values: Values = {
    outdoorTemperatureC: weather.outdoorC,
    airTemperatureC: weather.outdoorC,
    relativeHumidityPct: Math.min((100 * moistureG) / saturationG(weather.outdoorC), 100),
    illuminanceLux: 115 * sun.globalWm2,
    airPressurePa: pressurePa,
  };
  return values[quantity];
}

function container(
  { containers }: SimulatedBuilding,
  { weather, sun }: Outside,
  id: string,
  quantity: Quantity,
): number | undefined {
  const found = containers.containers.find(({ details }) => details.id === id);
  if (!found) return undefined;
  // Waste rots warm in summer, and a lid in the sun is warmer than the air.
  const rotting = 0.04 * found.levelPct * Math.min(Math.max(weather.outdoorC / 20, 0), 1);
  const values: Values = {
    fillLevelPct: found.levelPct,
    airTemperatureC: weather.outdoorC + 1 + rotting + 0.006 * sun.globalWm2 + found.heatC,
  };
  return values[quantity];
}
