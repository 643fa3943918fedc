import { describe, expect, it } from 'vitest';
import { createChance } from '../../../../simulators/chance.ts';
import { createBuilding } from '../../../../simulators/world/building.ts';
import { createCalendar } from '../../../../simulators/world/calendar.ts';
import { type BuildingDetails, detailsOf } from '../../../../simulators/world/details.ts';
import { createOutside } from '../../../../simulators/world/outside.ts';
import { generatedWeather } from '../../../../simulators/world/weather.ts';
import { STEP_MS } from '../../../../simulators/world/world.ts';
import { DAY_MS, fault, load, MONDAY_MS, oneBuilding } from './one-building.ts';

const chance = createChance(1);
const weather = generatedWeather(chance);
const calendar = createCalendar('Europe/Stockholm');
const outsideAt = createOutside(weather, chance, true);

/** Two weeks of a building, and what its parts add up to, Wh. */
function fortnight(details: Partial<BuildingDetails>) {
  const register = oneBuilding({ loads: [load('ev', 22), load('vent', 4)] });
  const [building] = register.buildings.values();
  if (!building) throw new Error('no building');
  const made = createBuilding(
    building,
    detailsOf(building, register, 1, details),
    [fault('simultaneous-heating-cooling'), fault('water-leak', { subject: 'hot' })],
    chance.fork('b'),
  );
  const sums = { emitted: 0, gained: 0, lost: 0, stored: 0, given: 0, net: 0, parts: 0, drawn: 0 };
  const circuitBefore = made.radiators.supplyC;
  const tankBefore = made.hotWater.tankC;
  for (let atMs = MONDAY_MS; atMs < MONDAY_MS + 14 * DAY_MS; atMs += STEP_MS) {
    const moment = calendar(atMs);
    made.step(atMs / STEP_MS, moment, outsideAt(moment), STEP_MS);
    const { thermal, powers, hotWater, supply } = made;
    const hours = STEP_MS / 3_600_000;
    sums.emitted += thermal.emittedW * hours;
    sums.gained += thermal.gainedW * hours;
    sums.lost += thermal.lostW * hours;
    sums.stored += thermal.storedW * hours;
    sums.given += supply.spaceW * hours;
    sums.net += powers.net * hours;
    const { household, property, laundry, ventilation, ev, heatPump, heater, cooling, base, pv, battery } =
      powers;
    sums.parts +=
      (household +
        property +
        laundry +
        ventilation +
        ev +
        heatPump +
        heater +
        cooling +
        base -
        pv +
        battery) *
      hours;
    sums.drawn += (hotWater.drawnW + hotWater.circulationW) * hours;
  }
  return { made, sums, circuitBefore, tankBefore };
}

describe.each<[string, Partial<BuildingDetails>]>([
  ['a block of 1955 with stacks', { yearBuilt: 1955 }],
  [
    'a block of 2015 with heat recovery',
    { yearBuilt: 2015, pvKwp: 20, battery: { capacityKwh: 20, chargeKw: 10, dischargeKw: 10 } },
  ],
  ['a block with a heat pump and a tank', { yearBuilt: 1968, heating: 'heat-pump' }],
])('the energy of %s', (_name, details) => {
  const { made, sums, circuitBefore, tankBefore } = fortnight(details);

  it('that comes into the rooms leaves them or stays in them', () => {
    const scale = sums.lost;
    expect(scale).toBeGreaterThan(1e6);
    expect((sums.emitted + sums.gained - sums.lost - sums.stored) / scale).toBeCloseTo(0, 9);
  });

  it('that the plant gives the radiators comes into the rooms, but for what the water holds', () => {
    const circuitWh = ((made.radiators.supplyC - circuitBefore) * 5500 * 3000) / 3600;
    expect((sums.given - sums.emitted - circuitWh) / sums.given).toBeCloseTo(0, 3);
  });

  it('that is metered is what its parts draw', () => {
    expect(sums.net).toBeCloseTo(sums.parts, 3);
    expect(made.counts.net - made.counts.export).toBeCloseTo(sums.net, 3);
  });

  it('that makes hot water is drawn, lost in pipes, or in the tank', () => {
    const { counts, details: of } = made;
    const waterWh = of.heating === 'heat-pump' ? sums.drawn : counts.heat - counts.space;
    const tankWh = ((made.hotWater.tankC - tankBefore) * of.tankL * 4186) / 3600;
    expect((waterWh - sums.drawn - (of.heating === 'heat-pump' ? 0 : tankWh)) / sums.drawn).toBeCloseTo(0, 6);
  });
});
