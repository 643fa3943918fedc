import { oneOf, signed, unsigned } from './bytes.ts';
import { type Field, field, skip } from './fields.ts';
import { milesightModel } from './milesight-fields.ts';

const current = unsigned(2, { little: true, per: 100 });
const temperature = signed(2, { little: true, per: 10 });
const READ_FAILED = 0xffff;
const OVER_RANGE = 0xfffd;

const currents: Field = {
  length: 2,
  parts: [
    { quantity: 'currentA', codec: current, none: [READ_FAILED / 100], max: 650 },
    { quantity: 'sensorError', codec: oneOf(2, [READ_FAILED]), max: 0 },
  ],
};
const temperatures: Field = {
  length: 2,
  parts: [
    { quantity: 'probeTemperatureC', codec: temperature, none: [-0.1, -0.3], min: 0, max: 300 },
    { quantity: 'sensorError', channel: 'probe', codec: oneOf(2, [READ_FAILED, OVER_RANGE]), max: 0 },
  ],
};

/** Current clamps. The sum of the current in Ah has no quantity: without voltage it is no energy. */
export const milesightCt10x = milesightModel({
  name: 'milesight-ct10x',
  aliases: ['milesight-ct101', 'milesight-ct103', 'milesight-ct105', 'ct101', 'ct103', 'ct105'],
  title: 'Milesight CT101, CT103, CT105: current of one conductor, cable temperature',
  folder: 'ct-series',
  usualMinutes: 10,
  fields: [
    [0x0397, skip(4)],
    [0x0498, currents],
    [0x0967, temperatures],
    // Past a threshold: the largest, the smallest and the present current, and what the alarm is.
    [0x8498, { length: 7, parts: [{ quantity: 'currentA', codec: current, at: 4 }], readOnly: true }],
    [0x8967, { ...field('probeTemperatureC', temperature), length: 3, readOnly: true }],
  ],
  unconfirmed: [
    'what the temperature is: of the clamp, or of a probe at its connector; the readings −0.1 and −0.3 °C are the marks of an error',
  ],
  examples: [
    {
      hex: '039710270000 04980200',
      port: 85,
      expect: [
        { quantity: 'currentA', value: 0.02 },
        { quantity: 'sensorError', value: 0 },
      ],
    },
    {
      hex: '8498b80b00002c0100 0967f500',
      port: 85,
      expect: [
        { quantity: 'currentA', value: 3 },
        { quantity: 'probeTemperatureC', value: 24.5 },
        { quantity: 'sensorError', channel: 'probe', value: 0 },
      ],
    },
    {
      hex: '0498ffff 0967fdff',
      port: 85,
      expect: [
        { quantity: 'sensorError', value: 1 },
        { quantity: 'sensorError', channel: 'probe', value: 1 },
      ],
    },
  ],
});
