import { z } from 'zod';
import { timeText } from '../alerts/alert-json.ts';
import type { Device } from '../domain/register.ts';
import { isoTime } from '../domain/time.ts';
import type { DeviceHealth } from '../ingest/device-book.ts';

const number = z.number().optional();

export const deviceSchema = z
  .object({
    device: z.string(),
    rows: z
      .array(
        z.object({
          model: z.string(),
          building: z.string(),
          space: z.string().optional(),
          role: z.string().optional(),
          channel: z.string().optional(),
          ratio: number,
          offset: number,
          clockAheadS: number,
          emptyMm: number,
          fullMm: number,
          fraction: z.string().optional(),
          volumeL: number,
          gateway: z.string().optional().describe('the device that carries what it says'),
          replacedBy: z.string().optional(),
          countsFrom: timeText.optional().describe('when it has taken the place of another'),
          countsTo: timeText.optional().describe('when another has taken its place'),
        }),
      )
      .describe('of devices.csv'),
    lastSeenAt: timeText.optional().describe('absent: never since kvarter keeps count'),
    usualPauseSeconds: number.describe('four of five pauses are no longer'),
    clockAheadSeconds: number.describe(
      'how far its own clock is ahead of the arrival of its packets, median',
    ),
    batteryPct: number,
    batteryMv: number,
    batteryLow: number,
    rssiDbm: number,
    snrDb: number,
    rejects: z.record(z.string(), z.number()).describe('its packets in quarantine, by code'),
  })
  .meta({ id: 'Device' });

export function deviceJson(
  device: string,
  rows: readonly Device[],
  health: DeviceHealth | undefined,
  rejects: Readonly<Record<string, number>>,
): z.infer<typeof deviceSchema> {
  const { lastSeenMs, usualPauseMs, clockAheadMs, ...rest } = health ?? {};
  return {
    device,
    rows: rows.map(({ id: _id, countsFromMs, countsToMs, ...row }) => ({
      ...row,
      ...(countsFromMs === undefined ? {} : { countsFrom: isoTime(countsFromMs) }),
      ...(countsToMs === undefined ? {} : { countsTo: isoTime(countsToMs) }),
    })),
    ...(lastSeenMs === undefined ? {} : { lastSeenAt: isoTime(lastSeenMs) }),
    ...(usualPauseMs === undefined ? {} : { usualPauseSeconds: usualPauseMs / 1000 }),
    ...(clockAheadMs === undefined ? {} : { clockAheadSeconds: clockAheadMs / 1000 }),
    ...rest,
    rejects,
  };
}
