import { flag, unsigned } from './bytes.ts';
import type { Model } from './decode.ts';
import { type Field, field, type Part, skip } from './fields.ts';
import { kept, milesightCodecs, milesightModel } from './milesight-fields.ts';

const { temperature, humidity, ppm, pressure } = milesightCodecs;
const particles = unsigned(2, { little: true });

/** Of light there is a level from 0 to 5, and no lux; formaldehyde and ozone have no quantity here. */
const fields: readonly (readonly [key: number, field: Field])[] = [
  [0x0367, field('airTemperatureC', temperature, { min: -40, max: 85 })],
  [0x0468, field('relativeHumidityPct', humidity, { max: 100 })],
  [0x0500, field('occupied', flag)],
  [0x06cb, skip(1)],
  [0x077d, field('co2Ppm', ppm, { max: 10_000 })],
  [0x087d, skip(2)],
  [0x08e6, skip(2)],
  [0x0973, field('airPressurePa', pressure, { min: 30_000, max: 120_000 })],
  [0x0a7d, skip(2)],
  [0x0d7d, skip(2)],
  [0x0e01, skip(1)], // it beeps
];

const dustFields: readonly (readonly [key: number, field: Field])[] = [
  [0x0b7d, field('pm25Ugm3', particles, { max: 1000 })],
  [0x0c7d, field('pm10Ugm3', particles, { max: 1000 })],
];

const climate: readonly Part[] = [
  { quantity: 'airTemperatureC', codec: temperature },
  { quantity: 'relativeHumidityPct', codec: unsigned(2, { little: true, per: 2 }), at: 2 },
  { quantity: 'occupied', codec: flag, at: 4 },
  { quantity: 'co2Ppm', codec: ppm, at: 6 },
  { quantity: 'airPressurePa', codec: pressure, at: 10 },
];
const dust: readonly Part[] = [
  { quantity: 'pm25Ugm3', codec: particles, at: 12 },
  { quantity: 'pm10Ugm3', codec: particles, at: 14 },
];

/** A kept record is as long as the model has sensors, and nothing in it says how long. */
function am300(
  name: string,
  {
    record,
    title,
    hasDust,
    ...more
  }: Pick<Model, 'title' | 'examples'> & { record: Field; hasDust: boolean },
): Model {
  return milesightModel({
    name: `milesight-${name}`,
    aliases: [name],
    title: `${title}, with the records it kept`,
    folder: 'am-series',
    usualMinutes: 10,
    fields: [...fields, ...(hasDust ? dustFields : []), [0x20ce, record]],
    unconfirmed: ['the unit of tVOC (an index or ppb, by firmware), so it is not read'],
    ...more,
  });
}

const keptAtMs = Date.UTC(2022, 9, 12, 8, 2, 38);
const keptClimate = [
  { quantity: 'airTemperatureC', value: 27.2, atMs: keptAtMs },
  { quantity: 'relativeHumidityPct', value: 46.5, atMs: keptAtMs },
  { quantity: 'occupied', value: 1, atMs: keptAtMs },
  { quantity: 'co2Ppm', value: 1255, atMs: keptAtMs },
  { quantity: 'airPressurePa', value: 100_470, atMs: keptAtMs },
] as const;
const keptDust = [
  { quantity: 'pm25Ugm3', value: 12, atMs: keptAtMs },
  { quantity: 'pm10Ugm3', value: 20, atMs: keptAtMs },
] as const;

export const milesightAm307 = am300('am307', {
  title: 'Milesight AM307: indoor climate',
  hasDust: false,
  record: kept(16, climate),
  examples: [
    {
      hex: '01755c 03673401 046865 050001 06cb02 077de704 087d0700 09733f27',
      port: 85,
      expect: [
        { quantity: 'batteryPct', value: 92 },
        { quantity: 'airTemperatureC', value: 30.8 },
        { quantity: 'relativeHumidityPct', value: 50.5 },
        { quantity: 'occupied', value: 1 },
        { quantity: 'co2Ppm', value: 1255 },
        { quantity: 'airPressurePa', value: 100_470 },
      ],
    },
    { hex: '20ce9e74466310015d000102e70407003f27', port: 85, expect: keptClimate },
  ],
});

export const milesightAm308 = am300('am308', {
  title: 'Milesight AM308: indoor climate and dust',
  hasDust: true,
  record: kept(20, [...climate, ...dust]),
  examples: [
    {
      hex: '20ce9e74466310015d000102e70407003f270c001400',
      port: 85,
      expect: [...keptClimate, ...keptDust],
    },
  ],
});

export const milesightAm319 = am300('am319', {
  title: 'Milesight AM319: indoor climate and dust',
  hasDust: true,
  record: kept(22, [...climate, ...dust]),
  examples: [
    {
      hex: '03673401 050000 0a7d0100 0b7d0c00 0c7d1400 0e0100',
      port: 85,
      expect: [
        { quantity: 'airTemperatureC', value: 30.8 },
        { quantity: 'occupied', value: 0 },
        { quantity: 'pm25Ugm3', value: 12 },
        { quantity: 'pm10Ugm3', value: 20 },
      ],
    },
    {
      hex: '20ce9e74466310015d000102e70407003f270c0014000100',
      port: 85,
      expect: [...keptClimate, ...keptDust],
    },
  ],
});
