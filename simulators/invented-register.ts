import { createChance } from './chance.ts';

const BUILDINGS_PER_AREA = 20;
const tariffs = ['goteborg-energi-2025', 'ellevio-2025', 'kalmar-energi-n4-2024'];
/** What a building's flexible loads are, in turn. */
const equipment: readonly (readonly LoadKind[])[] = [['ev', 'laundry'], ['hp'], ['ev'], ['hp', 'laundry']];
const FLATS_WITH_SENSOR = 3;

type LoadKind = keyof typeof loads;
const loads = {
  hp: { name: 'Heat pump', wattPerM2: 4.5, maxOffMinutes: 60, priority: 1 },
  ev: { name: 'Car chargers', wattPerM2: 9, maxOffMinutes: 120, priority: 2 },
  laundry: { name: 'Laundry room', wattPerM2: 2, maxOffMinutes: 30, priority: 3 },
};

/**
 * Texts of a `places.yaml` and a `devices.csv` that fit each other, for a housing company of any size: every fourth
 * building is metered by `ams`, the others by `kvarter`; each has heat and water, three room sensors and a container.
 * The same number of buildings gives the same texts, and fewer buildings their beginning.
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
    'device,model,building,space,role,emptyMm,fullMm',
  ];
  for (let i = 0; i < buildings; i += 1) {
    const number = i + 1;
    if (i % BUILDINGS_PER_AREA === 0) {
      const area = i / BUILDINGS_PER_AREA + 1;
      places.push(`  - id: area-${area}`, `    name: Area ${area}`, '    buildings:');
    }
    places.push(...placeLines(number, 1500 + 100 * Math.floor(50 * chance.at(number))));
    devices.push(...deviceLines(number));
  }
  // A list without an entry would be null.
  if (buildings === 0) places.splice(-1, 1, 'areas: []');
  return { places: text(places), devices: text(devices) };
}

function placeLines(number: number, areaM2: number): string[] {
  const spaces = flats().map((flat) => `{ id: ${flat}, kind: flat }`);
  const kinds = equipment[number % equipment.length] ?? [];
  const flexible = kinds.map((kind) => {
    const { name, wattPerM2, maxOffMinutes, priority } = loads[kind];
    const powerKw = Math.round((areaM2 * wattPerM2) / 1000);
    return `{ id: ${kind}, name: ${name}, powerKw: ${powerKw}, maxOffMinutes: ${maxOffMinutes}, priority: ${priority} }`;
  });
  return [
    `      - id: b${number}`,
    `        name: Exempelgatan ${number}`,
    `        areaM2: ${areaM2}`,
    `        tariff: ${tariffs[number % tariffs.length]}`,
    `        contact: { name: Anna Ek, email: anna.ek@example.se }`,
    `        spaces: [${[...spaces, '{ id: waste, kind: waste-room }'].join(', ')}]`,
    `        flexibleLoads:`,
    ...flexible.map((load) => `          - ${load}`),
  ];
}

function deviceLines(number: number): string[] {
  const building = `b${number}`;
  return [
    `el-${building},${number % 4 === 0 ? 'ams' : 'kvarter'},${building},,electricityMain,,`,
    `heat-${building},kvarter,${building},,heatMain,,`,
    `water-${building},kvarter,${building},,waterMain,,`,
    ...(number % BUILDINGS_PER_AREA === 1 ? [`outdoor-${building},kvarter,${building},,outdoor,,`] : []),
    ...flats().map((flat, i) => `${devEui(number, i)},elsys-ers,${building},${flat},room,,`),
    `${devEui(number, FLATS_WITH_SENSOR)},milesight-em400-mud,${building},waste,container,1500,300`,
  ];
}

function flats(): string[] {
  return Array.from({ length: FLATS_WITH_SENSOR }, (_, i) => `lgh-${1001 + 101 * i}`);
}

/** 16 hexadecimal digits; the second bit of the first byte says that no manufacturer gave it (IEEE 802, 8.2.2). */
function devEui(building: number, device: number): string {
  return `02005e11${building.toString(16).padStart(6, '0')}${device.toString(16).padStart(2, '0')}`;
}

function text(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}
