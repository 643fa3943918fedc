import { z } from 'zod';
import { printable } from '../domain/printable.ts';
import { ask, openClient, printList } from './asking.ts';
import type { Command } from './command.ts';
import { textOption } from './options.ts';

const deviceSchema = z.looseObject({
  device: z.string(),
  rows: z.array(z.record(z.string(), z.union([z.string(), z.number()]))),
  lastSeenAt: z.string().optional(),
  usualPauseSeconds: z.number().optional(),
  clockAheadSeconds: z.number().optional(),
  batteryPct: z.number().optional(),
  batteryMv: z.number().optional(),
  batteryLow: z.number().optional(),
  rssiDbm: z.number().optional(),
  snrDb: z.number().optional(),
  rejects: z.record(z.string(), z.number()),
});
const pageSchema = z.object({ devices: z.array(deviceSchema), next: z.string().optional() });
type Device = z.infer<typeof deviceSchema>;

const options = {
  url: { type: 'string' },
  config: { type: 'string' },
  json: { type: 'boolean' },
} as const;

export const deviceList: Command = {
  usage: 'kvarter device list [--building ID] [--limit N] [--url URL] [--config FILE] [--json]',
  help: `  pause     how long it usually pauses between packets
  clock     how far its own clock is ahead of the arrival of its packets (-: behind), median of the newest. That is the
            way here, and its clock's fault. Where it is a fault, write it into the column clockAheadS of devices.csv

  --building ID   those of a building
  --limit N       so many; default 100
  --url URL       the service; default: http.port of the configuration on this machine
  --json          JSON lines

  kvarter device list --building b1`,
  options: { ...options, building: { type: 'string' }, limit: { type: 'string' } },
  files: { min: 0, max: 0 },
  run: async (context, args) => {
    const building = textOption(args, 'building');
    await printList(context, args, {
      path: '/api/v1/devices',
      query: new URLSearchParams(building === undefined ? {} : { building }),
      page: pageSchema,
      rowsOf: ({ devices }) => devices,
      textOf: (device) => `${printable(lineOf(device))}\n`,
    });
    return 0;
  },
};

export const deviceShow: Command = {
  usage: 'kvarter device show ID [--url URL] [--config FILE] [--json]',
  help: `  --url URL   the service; default: http.port of the configuration on this machine
  --json      for machines

  kvarter device show a81758fffe000001`,
  options,
  files: { min: 1, max: 1 },
  run: async (context, args) => {
    const path = `/api/v1/devices/${encodeURIComponent(args.files[0] ?? '')}`;
    const device = await ask(openClient(context, args), { path }, deviceSchema);
    context.print(args.values.json ? `${JSON.stringify(device)}\n` : textOf(device));
    return 0;
  },
};

function lineOf(device: Device): string {
  const [row = {}] = device.rows;
  const more = device.rows.length > 1 ? ` +${device.rows.length - 1}` : '';
  const place = `${[row.building, row.space].filter(Boolean).join('/')}${more}`;
  const health = healthOf(device).map(([name, said]) => `${name} ${said}`);
  return [device.device.padEnd(18), place.padEnd(14), String(row.role ?? '-').padEnd(16), ...health].join(
    '  ',
  );
}

function textOf(device: Device): string {
  const rows = device.rows.map((row) =>
    Object.entries(row)
      .map(([name, value]) => `${name} ${value}`)
      .join(', '),
  );
  const lines = [
    device.device,
    ...rows.map((row) => `  row      ${row}`),
    ...healthOf(device).map(([name, said]) => `  ${name.padEnd(7)}  ${said}`),
  ];
  return `${lines.map(printable).join('\n')}\n`;
}

/** What is known, each with its name. */
function healthOf(device: Device): readonly (readonly [name: string, said: string])[] {
  const { lastSeenAt, usualPauseSeconds, clockAheadSeconds, batteryPct, batteryMv, batteryLow } = device;
  const { rssiDbm, snrDb, rejects } = device;
  const said = (value: number | undefined, unit: string) => (value === undefined ? [] : [`${value} ${unit}`]);
  const battery = [...said(batteryPct, '%'), ...said(batteryMv, 'mV'), ...(batteryLow ? ['low'] : [])];
  const signal = [...said(rssiDbm, 'dBm'), ...said(snrDb, 'dB')];
  const rejected = Object.entries(rejects).map(([code, count]) => `${count} ${code}`);
  return [
    ['seen', lastSeenAt ?? 'never'],
    ['pause', usualPauseSeconds === undefined ? '' : `${Math.round(usualPauseSeconds)} s`],
    ['battery', battery.join(', ')],
    ['signal', signal.join(', ')],
    ['clock', clockAheadSeconds === undefined ? '' : `${clockAheadSeconds.toFixed(1)} s`],
    ['rejects', rejected.join(', ')],
  ].flatMap(([name = '', text = '']) => (text === '' ? [] : [[name, text] as const]));
}
