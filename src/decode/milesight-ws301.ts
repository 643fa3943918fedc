import { flag } from './bytes.ts';
import { field } from './fields.ts';
import { milesightModel } from './milesight-fields.ts';

export const milesightWs301 = milesightModel({
  name: 'milesight-ws301',
  aliases: ['ws301'],
  title: 'Milesight WS301: door or window, and whether it was taken down',
  folder: 'ws-series/ws301',
  usualMinutes: 1080,
  fields: [
    [0x0300, field('open', flag)],
    // 0 in its place, 1 taken from the frame.
    [0x0400, field('tampered', flag)],
  ],
  examples: [
    {
      hex: '017564 030001 040000',
      port: 85,
      expect: [
        { quantity: 'batteryPct', value: 100 },
        { quantity: 'open', value: 1 },
        { quantity: 'tampered', value: 0 },
      ],
    },
    { hex: '030000', port: 85, expect: [{ quantity: 'open', value: 0 }] },
  ],
});
