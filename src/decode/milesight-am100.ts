import { unsigned } from './bytes.ts';
import { field } from './fields.ts';
import { kept, milesightCodecs, milesightModel } from './milesight-fields.ts';

const { temperature, humidity, ppm, pressure } = milesightCodecs;

/** AM103, AM104 and AM107: each has a part of the same channels. */
export const milesightAm100 = milesightModel({
  name: 'milesight-am100',
  aliases: [
    'milesight-am103',
    'milesight-am103l',
    'milesight-am104',
    'milesight-am107',
    'am103',
    'am103l',
    'am104',
    'am107',
  ],
  title: 'Milesight AM103, AM104, AM107: indoor climate, with the records it kept',
  folder: 'am-series',
  usualMinutes: 10,
  fields: [
    [0x0367, field('airTemperatureC', temperature, { min: -40, max: 85 })],
    [0x0468, field('relativeHumidityPct', humidity, { max: 100 })],
    [0x056a, field('motionCount', unsigned(2, { little: true }))],
    // Light, then visible with infrared, then infrared alone.
    [0x0665, { ...field('illuminanceLux', unsigned(2, { little: true })), length: 6 }],
    [0x077d, field('co2Ppm', ppm, { max: 10_000 })],
    [0x087d, field('tvocPpb', ppm)],
    [0x0973, field('airPressurePa', pressure, { min: 30_000, max: 120_000 })],
    [
      0x20ce,
      kept(9, [
        { quantity: 'airTemperatureC', codec: temperature },
        { quantity: 'relativeHumidityPct', codec: humidity, at: 2 },
        { quantity: 'co2Ppm', codec: ppm, at: 3 },
      ]),
    ],
  ],
  unconfirmed: ['whether the AM104 and AM107 keep records: the one that is read is the AM103’s'],
  examples: [
    {
      hex: '01755c 03673401 046865 077de704',
      port: 85,
      expect: [
        { quantity: 'batteryPct', value: 92 },
        { quantity: 'airTemperatureC', value: 30.8 },
        { quantity: 'relativeHumidityPct', value: 50.5 },
        { quantity: 'co2Ppm', value: 1255 },
      ],
    },
    {
      hex: '056a4900 06651c0079001400 077de704 087d0700 09733f27',
      port: 85,
      expect: [
        { quantity: 'motionCount', value: 73 },
        { quantity: 'illuminanceLux', value: 28 },
        { quantity: 'co2Ppm', value: 1255 },
        { quantity: 'tvocPpb', value: 7 },
        { quantity: 'airPressurePa', value: 100_470 },
      ],
    },
    {
      hex: '20ce9e74466310015de704',
      port: 85,
      expect: [
        { quantity: 'airTemperatureC', value: 27.2, atMs: Date.UTC(2022, 9, 12, 8, 2, 38) },
        { quantity: 'relativeHumidityPct', value: 46.5, atMs: Date.UTC(2022, 9, 12, 8, 2, 38) },
        { quantity: 'co2Ppm', value: 1255, atMs: Date.UTC(2022, 9, 12, 8, 2, 38) },
      ],
    },
  ],
});
