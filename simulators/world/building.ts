import type { Building } from '../../src/domain/register.ts';
import type { Chance } from '../chance.ts';
import type { PlannedFault } from '../truth.ts';
import { createBattery } from './battery.ts';
import type { Moment } from './calendar.ts';
import { createChargers } from './chargers.ts';
import { constructionOf } from './construction.ts';
import { createContainers } from './containers.ts';
import type { BuildingDetails } from './details.ts';
import { createHeatSupply } from './heat-supply.ts';
import { type Acknowledgement, createHolds, type LoadCommand } from './holds.ts';
import { createHotWater } from './hot-water.ts';
import { createHouseholds } from './households.ts';
import { createLaundry } from './laundry.ts';
import type { Outside } from './outside.ts';
import { createPhotovoltaic } from './photovoltaic.ts';
import { createProperty } from './property.ts';
import { createRadiators } from './radiators.ts';
import { onPlaneWm2, planeOf } from './sun.ts';
import { stepRooms, type ThermalStep } from './thermal.ts';
import { createTroubles } from './troubles.ts';
import { createVentilation } from './ventilation.ts';
import { createPresence, createZones } from './zones.ts';

/** Powers of a step, W, by what draws it; `pv` gives. Litres per hour of water. */
export type Powers = {
  household: number;
  property: number;
  laundry: number;
  ventilation: number;
  ev: number;
  heatPump: number;
  heater: number;
  cooling: number;
  base: number;
  pv: number;
  battery: number;
  /** What the main meter sees: below 0 is given to the grid. */
  net: number;
  heat: number;
  space: number;
  coldLph: number;
  hotLph: number;
  heatLph: number;
  coolingHeat: number;
};

/** What has been counted since the simulation began: Wh and litres, by the powers' names. */
export type Counts = { [Name in keyof Powers]: number } & { export: number };

export type SimulatedBuilding = ReturnType<typeof createBuilding>;

/** Of electricity used indoors, what ends up as heat in the rooms. */
const AS_HEAT = 0.7;
/** A chiller gives this much cold per electricity. */
const CHILLER = 3;
/** Loads let go by themselves here: rooms, air, hot water. */
const COLD_C = 19.3;
const BAD_AIR_PPM = 1500;
const COLD_WATER_C = 50;
/** People and waste are looked at every quarter of an hour. */
const SLOW_STEPS = 3;

/** A building with everything in it, in steps. `chance` is the building's own. */
export function createBuilding(
  building: Building,
  details: BuildingDetails,
  faults: readonly PlannedFault[],
  chance: Chance,
) {
  const loadOf = (prefix: string) => building.flexibleLoads.find(({ id }) => id.startsWith(prefix));
  const [hp, ev, wash, vent, hw] = ['hp', 'ev', 'laundry', 'vent', 'hw'].map(loadOf);
  const construction = constructionOf(details);
  const zones = createZones(building, details, chance);
  const presence = createPresence(zones, building, details, chance);
  const troublesAt = createTroubles(faults);
  const households = createHouseholds(details, chance);
  const property = createProperty(details);
  const fans = createVentilation(details, construction, vent?.powerKw);
  const hasRoom =
    building.spaces.some(({ kind }) => kind === 'laundry') ||
    (details.flats >= 12 && details.kind === 'multi-family');
  const laundry = createLaundry(details, { powerKw: wash?.powerKw, hasRoom }, chance.fork('laundry'));
  const chargers = createChargers(details, ev?.powerKw, chance.fork('chargers'));
  const radiators = createRadiators(details, construction);
  const hotWater = createHotWater(details, chance.fork('hot water').at(0));
  const supply = createHeatSupply(details, construction, { pumpKw: hp?.powerKw, heaterKw: hw?.powerKw });
  const photovoltaic = createPhotovoltaic(details, chance.fork('clouds'));
  const battery = createBattery(details.battery);
  const containers = createContainers(building.id, details, faults, chance.fork('containers'));
  const holds = createHolds(building.flexibleLoads);
  const facade = planeOf(details.facadeAzimuthDeg, 90);
  const opposite = planeOf(details.facadeAzimuthDeg + 180, 90);
  const mass = { temperatureC: 21.2 };
  const thermal: ThermalStep = { emittedW: 0, lostW: 0, gainedW: 0, airC: 21.5, open: 0.5, storedW: 0 };
  const powers = noPowers();
  const counts: Counts = { ...noPowers(), export: 0 };
  const stuck: (number | undefined)[] = zones.ids.map(() => undefined);
  stuck.push(undefined);

  const limit = (id: string | undefined, atMs: number) =>
    id === undefined ? Number.POSITIVE_INFINITY : holds.limitW(id, atMs);

  const step = (index: number, moment: Moment, outside: Outside, stepMs: number): void => {
    const { atMs } = moment;
    const { weather, sun, darkness } = outside;
    const troubles = troublesAt(atMs);
    for (let i = 0; i < zones.ids.length; i += 1) stuck[i] = troubles.valves.get(zones.ids[i] ?? '');

    const living = households(index, moment, darkness);
    if (index % SLOW_STEPS === 0) presence(moment, living.present);
    const hours = stepMs / 3_600_000;
    const hotLitres = living.hotLitres + troubles.leakHotLph * hours;

    const air = fans(moment, stepMs, troubles.fans, limit(vent?.id, atMs));
    const pvW = photovoltaic(sun, weather.outdoorC, atMs, troubles.pvShare);
    powers.household = living.powerW;
    powers.ventilation = air.powerW;
    powers.laundry = laundry(moment, stepMs, limit(wash?.id, atMs));
    powers.ev = chargers(moment, stepMs, weather.outdoorC, {
      piling: troubles.pilingCars,
      limitW: limit(ev?.id, atMs),
    });
    powers.coolingHeat = troubles.coolingWPerM2 * details.areaM2;
    powers.cooling = powers.coolingHeat / CHILLER;
    powers.base = troubles.baseW;

    radiators.control(weather.outdoorC, moment, stepMs, {
      shiftC: troubles.supplyShiftC,
      isSetbackLost: troubles.isSetbackLost,
    });
    const water = hotWater.now;
    hotWater.step(
      {
        litres: hotLitres,
        coldC: outside.coldWaterC,
        circulation: troubles.circulation,
        heldC: troubles.hotWaterC,
      },
      stepMs,
    );
    supply.step(
      { wantedW: radiators.wantedW(stepMs), radiators: radiators.now, water, primaryC: outside.primaryC },
      { pumpLimitW: limit(hp?.id, atMs), heaterLimitW: limit(hw?.id, atMs) },
    );
    hotWater.take(supply.now.waterW, stepMs);
    stepRooms(
      zones,
      mass,
      construction,
      {
        outdoorC: weather.outdoorC,
        windMs: weather.windMs,
        outdoorG: outside.moistureG,
        facadeWm2: onPlaneWm2(sun, facade),
        oppositeWm2: onPlaneWm2(sun, opposite),
        flowShare: air.flowShare,
        gainsWm2: (AS_HEAT * living.powerW + 0.3 * water.circulationW) / details.areaM2,
        coolingWm2: troubles.coolingWPerM2,
        awake: living.present > 0 ? Math.min(living.active / living.present, 1) : 0,
        stack: details.ventilation === 'natural' ? outside.stack : 1,
      },
      radiators.emissionWPerK(thermal.airC),
      radiators.now.waterC,
      stuck,
      stepMs,
      thermal,
    );
    radiators.settleStep(supply.now.spaceW, thermal.emittedW, thermal.open, thermal.airC, stepMs);

    powers.heatPump = supply.now.heatPumpW;
    powers.heater = supply.now.heaterW;
    powers.property = property(moment, darkness, living.active) + radiators.now.pumpW + water.pumpW;
    powers.pv = pvW;
    powers.heat = supply.now.meteredW;
    powers.space = supply.now.spaceW;
    powers.coldLph = living.coldLitres / hours + troubles.leakColdLph;
    powers.hotLph = hotLitres / hours;
    powers.heatLph = supply.now.flowLph;
    const drawn =
      powers.household +
      powers.property +
      powers.laundry +
      powers.ventilation +
      powers.ev +
      powers.heatPump +
      powers.heater +
      powers.cooling +
      powers.base -
      pvW;
    powers.battery = battery.step(drawn, stepMs, atMs, limit('battery', atMs));
    powers.net = drawn + powers.battery;
    count(counts, powers, hours);
    if (index % SLOW_STEPS === 0)
      containers.step(moment, SLOW_STEPS * stepMs, troubles.missed, outside.isScheduled);
    keepComfort(atMs);
  };

  /** Who is cold, or breathes badly, or showers cold, is served, whatever was commanded. */
  const keepComfort = (atMs: number): void => {
    if (hp && thermal.airC < COLD_C) holds.release(hp.id, atMs);
    if (hw && hotWater.now.tankC < COLD_WATER_C) holds.release(hw.id, atMs);
    if (!vent) return;
    for (let i = 0; i < zones.count; i += 1) {
      if ((zones.co2Ppm[i] ?? 0) > BAD_AIR_PPM) holds.release(vent.id, atMs);
    }
  };

  const command = (asked: LoadCommand, atMs: number): Acknowledgement =>
    asked.load === building.battery?.id ? battery.command(asked, atMs) : holds.command(asked, atMs);

  return {
    building,
    details,
    construction,
    zones,
    mass,
    thermal,
    powers,
    counts,
    radiators: radiators.now,
    hotWater: hotWater.now,
    supply: supply.now,
    containers,
    command,
    battery,
    /** What varies within a step, and in each room by itself. */
    unrest: chance.fork('unrest'),
    rooms: [...zones.ids, 'rest'].map((id) => chance.fork(`room ${id}`)),
    step,
    settle: radiators.settle,
  };
}

function count(counts: Counts, powers: Powers, hours: number): void {
  counts.household += powers.household * hours;
  counts.property += powers.property * hours;
  counts.laundry += powers.laundry * hours;
  counts.ventilation += powers.ventilation * hours;
  counts.ev += powers.ev * hours;
  counts.heatPump += powers.heatPump * hours;
  counts.heater += powers.heater * hours;
  counts.cooling += powers.cooling * hours;
  counts.base += powers.base * hours;
  counts.pv += powers.pv * hours;
  counts.battery += Math.max(powers.battery, 0) * hours;
  counts.net += Math.max(powers.net, 0) * hours;
  counts.export += Math.max(-powers.net, 0) * hours;
  counts.heat += powers.heat * hours;
  counts.space += powers.space * hours;
  counts.coldLph += powers.coldLph * hours;
  counts.hotLph += powers.hotLph * hours;
  counts.heatLph += powers.heatLph * hours;
  counts.coolingHeat += powers.coolingHeat * hours;
}

function noPowers(): Powers {
  return {
    household: 0,
    property: 0,
    laundry: 0,
    ventilation: 0,
    ev: 0,
    heatPump: 0,
    heater: 0,
    cooling: 0,
    base: 0,
    pv: 0,
    battery: 0,
    net: 0,
    heat: 0,
    space: 0,
    coldLph: 0,
    hotLph: 0,
    heatLph: 0,
    coolingHeat: 0,
  };
}
