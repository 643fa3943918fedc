import type { Role } from '../src/domain/reading.ts';
import { createChance } from './chance.ts';
import { routeOf } from './network/route.ts';
import { definitionOf } from './sensors/definition.ts';

const BUILDINGS_PER_AREA = 20;
const tariffs = ['goteborg-energi-2025', 'ellevio-2025', 'kalmar-energi-n4-2024'];
/** What a building's flexible loads are, in turn. */
const equipment: readonly (readonly LoadKind[])[] = [['ev', 'laundry'], ['hp'], ['ev'], ['hp', 'laundry']];
const ROOMS_WITH_SENSOR = 3;
/** One in so many buildings is a school, and one a care home; the others are blocks of flats. */
const EVERY = 16;
const SCHOOL = 11;
const CARE_HOME = 14;
/** One in so many has solar cells with a meter of their own; others may have some that only the main meter sees. */
const SOLAR_EVERY = 6;
const SOLAR = 5;
/** What stands for each role, building after building. Of LoRaWAN models the name is a devEui, of others it is chosen. */
const models = {
  electricity: ['kvarter', 'kvarter', 'p1', 'ams', 'shelly', 'kvarter', 'wmbusmeters', 'ams'],
  heat: ['kvarter', 'kamstrup-multical-403', 'kvarter', 'wmbusmeters', 'elvaco-cmi4110'],
  water: ['kvarter', 'kamstrup-flowiq-2200', 'wmbusmeters', 'kvarter', 'axioma-w1', 'kvarter'],
  room: [
    'elsys-ers',
    'milesight-am307',
    'elsys-ers',
    'zigbee2mqtt',
    'milesight-em300-th',
    'elsys-ers-co2',
    'senml',
  ],
  container: [
    'milesight-em400-mud',
    'milesight-em310-udl',
    'netvox-r718x',
    'dragino-ldds75',
    'decentlab-dl-mbx',
  ],
  laundry: ['tasmota', 'shelly'],
  chargers: ['shelly', 'kvarter', 'line-protocol'],
  solar: ['line-protocol', 'kvarter'],
} as const;
type LoadKind = keyof typeof loads;
const loads = {
  hp: { name: 'Heat pump', wattPerM2: 4.5, maxOffMinutes: 60, priority: 1, reboundPct: 0 },
  ev: { name: 'Car chargers', wattPerM2: 9, maxOffMinutes: 120, priority: 2, reboundPct: 100 },
  laundry: { name: 'Laundry room', wattPerM2: 2, maxOffMinutes: 30, priority: 3, reboundPct: 100 },
  vent: { name: 'Ventilation', wattPerM2: 2, maxOffMinutes: 20, priority: 2, reboundPct: 100 },
};

/**
 * Texts of a `places.yaml` and a `devices.csv` that fit each other, for a housing company of any size: each building has
 * meters of electricity, heat and water, three room sensors, a container, and meters of its laundry, chargers and solar cells, of
 * makes that change from building to building. The same number of buildings gives the same texts, and fewer their beginning.
 */
export function inventedRegisterFiles({ buildings }: { buildings: number }): {
  places: string;
  devices: string;
} {
  const chance = createChance(0).fork('register');
  const places = [
    '# Invented by `kvarter simulate --write-register`.',
    'organisation: { id: exempelhem, name: Exempelhem AB, timeZone: Europe/Stockholm }',
    'areas:',
  ];
  const devices = [
    '# Invented by `kvarter simulate --write-register`.',
    'device,model,building,space,role,gateway,emptyMm,fullMm',
  ];
  for (let i = 0; i < buildings; i += 1) {
    const number = i + 1;
    if (i % BUILDINGS_PER_AREA === 0) {
      const area = areaOf(number);
      places.push(`  - id: ${area}`, `    name: ${area.replace('area-', 'Area ')}`, '    buildings:');
    }
    places.push(...placeLines(number, 1500 + 100 * Math.floor(50 * chance.at(number))));
    devices.push(...deviceLines(number));
  }
  // A list without an entry would be null.
  if (buildings === 0) places.splice(-1, 1, 'areas: []');
  return { places: text(places), devices: text(devices) };
}

function areaOf(number: number): string {
  return `area-${Math.ceil(number / BUILDINGS_PER_AREA)}`;
}

function placeLines(number: number, areaM2: number): string[] {
  const kinds = equipmentOf(number);
  const { street, space } = useOf(number);
  const spaces = [
    ...rooms(number).map((room) => `{ id: ${room}, kind: ${space} }`),
    '{ id: waste, kind: waste-room }',
    ...kinds
      .filter((kind) => kind === 'ev' || kind === 'laundry')
      .map((kind) => `{ id: ${kind}, kind: ${kind} }`),
    ...(hasSolar(number) ? ['{ id: roof, kind: pv }'] : []),
  ];
  const flexible = kinds.map((kind) => {
    const { name, wattPerM2, maxOffMinutes, priority, reboundPct } = loads[kind];
    const powerKw = Math.round((areaM2 * wattPerM2) / 1000);
    return `{ id: ${kind}, name: ${name}, powerKw: ${powerKw}, maxOffMinutes: ${maxOffMinutes}, priority: ${priority}, reboundPct: ${reboundPct}, automatic: true }`;
  });
  return [
    `      - id: b${number}`,
    `        name: ${street} ${number}`,
    `        areaM2: ${areaM2}`,
    `        tariff: ${tariffs[number % tariffs.length]}`,
    `        contact: { name: Anna Ek, email: anna.ek@example.se }`,
    `        spaces: [${spaces.join(', ')}]`,
    `        flexibleLoads:`,
    ...flexible.map((load) => `          - ${load}`),
  ];
}

function deviceLines(number: number): string[] {
  const building = `b${number}`;
  const kinds = equipmentOf(number);
  let lorawan = 0;
  const line = (name: string, model: string, space: string, role: Role, more = ','): string => {
    const definition = definitionOf({ model, role });
    const id = definition?.isLorawan ? devEui(number, lorawan++) : `${name}-${building}`;
    const gateway = definition && routeOf({ id, model, building }, definition, areaOf(number)).gateway;
    return `${id},${model},${building},${space},${role},${gateway ?? ''},${more}`;
  };
  const nth = (list: readonly string[], i: number) => list[i % list.length] ?? 'kvarter';
  return [
    line('el', nth(models.electricity, number), '', 'electricityMain'),
    line('heat', nth(models.heat, number), '', 'heatMain'),
    line('water', nth(models.water, number), '', 'waterMain'),
    ...(number % BUILDINGS_PER_AREA === 1 ? [line('outdoor', 'kvarter', '', 'outdoor')] : []),
    ...rooms(number).map((room, i) => line(`room-${i + 1}`, nth(models.room, number + i), room, 'room')),
    line('bin', nth(models.container, number), 'waste', 'container', '1500,300'),
    ...(kinds.includes('laundry')
      ? [line('laundry', nth(models.laundry, number), 'laundry', 'submeter')]
      : []),
    ...(kinds.includes('ev') ? [line('ev', nth(models.chargers, number), 'ev', 'submeter')] : []),
    ...(hasSolar(number) ? [line('pv', nth(models.solar, number), 'roof', 'submeter')] : []),
  ];
}

/** What a building is for, as its name and the kind of its rooms tell. */
function useOf(number: number): { readonly street: string; readonly space: string; readonly room: string } {
  if (number % EVERY === SCHOOL) return { street: 'Exempelskolan', space: 'classroom', room: 'sal' };
  if (number % EVERY === CARE_HOME) return { street: 'Exempelboendet', space: 'room', room: 'rum' };
  return { street: 'Exempelgatan', space: 'flat', room: 'lgh' };
}

function hasSolar(number: number): boolean {
  return number % SOLAR_EVERY === SOLAR;
}

function equipmentOf(number: number): readonly LoadKind[] {
  if (number % EVERY === SCHOOL) return ['vent'];
  if (number % EVERY === CARE_HOME) return ['hp', 'vent'];
  return equipment[number % equipment.length] ?? [];
}

function rooms(number: number): string[] {
  const { room } = useOf(number);
  return Array.from({ length: ROOMS_WITH_SENSOR }, (_, i) => `${room}-${1001 + 101 * i}`);
}

/** 16 hexadecimal digits; the second bit of the first byte says that no manufacturer gave it (IEEE 802, 8.2.2). */
function devEui(building: number, device: number): string {
  return `02005e11${building.toString(16).padStart(6, '0')}${device.toString(16).padStart(2, '0')}`;
}

function text(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}
