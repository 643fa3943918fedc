import { field } from './fields.ts';
import { kept, milesightCodecs, milesightModel } from './milesight-fields.ts';

const { distance } = milesightCodecs;

export const milesightEm500Udl = milesightModel({
  name: 'milesight-em500-udl',
  aliases: ['em500-udl'],
  title: 'Milesight EM500-UDL: distance, with the records it kept',
  folder: 'em-series/em500-udl',
  usualMinutes: 60,
  fields: [
    [0x0382, field('distanceMm', distance, { max: 20_000 })],
    // The distance, how much it changed, and the alarm's state.
    [0x83e9, { ...field('distanceMm', distance), length: 5, readOnly: true }],
    [0x20ce, kept(6, [{ quantity: 'distanceMm', codec: distance }])],
  ],
  examples: [
    {
      hex: '017564 03821e00',
      port: 85,
      expect: [
        { quantity: 'batteryPct', value: 100 },
        { quantity: 'distanceMm', value: 30 },
      ],
    },
    {
      hex: '20ce9e744663e803 20cef6764663f203 0382fc03',
      port: 85,
      expect: [
        { quantity: 'distanceMm', value: 1000, atMs: Date.UTC(2022, 9, 12, 8, 2, 38) },
        { quantity: 'distanceMm', value: 1010, atMs: Date.UTC(2022, 9, 12, 8, 12, 38) },
        { quantity: 'distanceMm', value: 1020 },
      ],
    },
    { hex: '83e9e803640001', port: 85, expect: [{ quantity: 'distanceMm', value: 1000 }] },
  ],
});
