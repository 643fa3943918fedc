import { flag } from './bytes.ts';
import { field, skip } from './fields.ts';
import { alarming, milesightCodecs, milesightModel } from './milesight-fields.ts';

const temperature = field('airTemperatureC', milesightCodecs.temperature, { min: -40, max: 85 });
const distance = field('distanceMm', milesightCodecs.distance, { max: 20_000 });

/** Milesight's distance sensors for containers. */
export const milesightEm400 = milesightModel({
  name: 'milesight-em400',
  aliases: [
    'milesight-em400-mud',
    'milesight-em400-tld',
    'milesight-em400-udl',
    'em400',
    'em400-mud',
    'em400-tld',
    'em400-udl',
  ],
  title: 'Milesight EM400-MUD, -TLD, -UDL: fill level of containers',
  folder: 'em-series',
  usualMinutes: 120,
  fields: [
    [0x0367, temperature],
    [0x0482, distance],
    [0x0500, field('tilted', flag)],
    [0x0688, skip(9)], // position and movement
    [0x8367, alarming(temperature)],
    [0x8482, alarming(distance)],
  ],
  examples: [
    {
      hex: '01755c 03670101 04824408 050001',
      port: 85,
      expect: [
        { quantity: 'batteryPct', value: 92 },
        { quantity: 'airTemperatureC', value: 25.7 },
        { quantity: 'distanceMm', value: 2116 },
        { quantity: 'tilted', value: 1 },
      ],
    },
    {
      hex: '8367e80001 8482410601',
      port: 85,
      expect: [
        { quantity: 'airTemperatureC', value: 23.2 },
        { quantity: 'distanceMm', value: 1601 },
      ],
    },
    {
      hex: '0367f1ff 0482e803 050000',
      port: 85,
      expect: [
        { quantity: 'airTemperatureC', value: -1.5 },
        { quantity: 'distanceMm', value: 1000 },
        { quantity: 'tilted', value: 0 },
      ],
    },
    { hex: 'ff0bff ff0101 ff166749d19054690031 ff090310 ff0a0101 ff0f00', port: 85, expect: [] },
  ],
});
