import { flag } from './bytes.ts';
import { field } from './fields.ts';
import { alarming, milesightCodecs, milesightModel } from './milesight-fields.ts';

const distance = field('distanceMm', milesightCodecs.distance, { max: 20_000 });

export const milesightEm310Udl = milesightModel({
  name: 'milesight-em310-udl',
  aliases: ['em310-udl'],
  title: 'Milesight EM310-UDL: fill level of containers',
  folder: 'em-series/em310-udl',
  usualMinutes: 120,
  fields: [
    [0x0382, distance],
    [0x0400, field('tilted', flag)],
    [0x8382, alarming(distance)],
  ],
  unconfirmed: ['that a distance past its threshold comes as 0x8382 with a state behind it, as in the EM400'],
  examples: [
    {
      hex: '01755c 0382e803 040001',
      port: 85,
      expect: [
        { quantity: 'batteryPct', value: 92 },
        { quantity: 'distanceMm', value: 1000 },
        { quantity: 'tilted', value: 1 },
      ],
    },
    { hex: '03821e00 ff1000', port: 85, expect: [{ quantity: 'distanceMm', value: 30 }] },
  ],
});
