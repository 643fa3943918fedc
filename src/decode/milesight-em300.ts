import { flag } from './bytes.ts';
import { field } from './fields.ts';
import { alarming, kept, milesightCodecs, milesightModel } from './milesight-fields.ts';

const temperature = field('airTemperatureC', milesightCodecs.temperature, { min: -40, max: 85 });
const humidity = field('relativeHumidityPct', milesightCodecs.humidity, { max: 100 });

/** EM300-TH, and its sisters that have a magnet or a leak detector besides. */
export const milesightEm300 = milesightModel({
  name: 'milesight-em300-th',
  aliases: [
    'milesight-em300',
    'milesight-em300-mcs',
    'milesight-em300-sld',
    'milesight-em300-zld',
    'milesight-em300-mld',
    'em300-th',
    'em300-mcs',
    'em300-sld',
    'em300-zld',
    'em300-mld',
  ],
  title: 'Milesight EM300-TH, -MCS, -SLD, -ZLD, -MLD: climate, door, water leak, with the records it kept',
  folder: 'em-series/em300-th',
  usualMinutes: 10,
  fields: [
    [0x0367, temperature],
    [0x0468, humidity],
    [0x0500, field('waterDetected', flag)],
    [0x0600, field('open', flag)],
    [0x8367, alarming(temperature)],
    [
      0x20ce,
      kept(8, [
        { quantity: 'airTemperatureC', codec: milesightCodecs.temperature },
        { quantity: 'relativeHumidityPct', codec: milesightCodecs.humidity, at: 2 },
      ]),
    ],
  ],
  unconfirmed: ['the last byte of a kept record: the leak or the door of the sisters, which is not read'],
  examples: [
    {
      hex: '01755c 03673401 046865',
      port: 85,
      expect: [
        { quantity: 'batteryPct', value: 92 },
        { quantity: 'airTemperatureC', value: 30.8 },
        { quantity: 'relativeHumidityPct', value: 50.5 },
      ],
    },
    {
      hex: '20ce9e74466310015d00',
      port: 85,
      expect: [
        { quantity: 'airTemperatureC', value: 27.2, atMs: Date.UTC(2022, 9, 12, 8, 2, 38) },
        { quantity: 'relativeHumidityPct', value: 46.5, atMs: Date.UTC(2022, 9, 12, 8, 2, 38) },
      ],
    },
    {
      hex: '0367f1ff 050001 060000',
      port: 85,
      expect: [
        { quantity: 'airTemperatureC', value: -1.5 },
        { quantity: 'waterDetected', value: 1 },
        { quantity: 'open', value: 0 },
      ],
    },
  ],
});
