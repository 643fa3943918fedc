import { deviceRow, type Register } from '../../domain/register.ts';
import type { CountingOf, Site } from '../peaks/peak-site.ts';

const NEVER = { countsToMs: Number.NEGATIVE_INFINITY };
const ALWAYS = {};
/** Nearly all meters: they have always counted, whatever others say. Known, since each is asked of several times a minute. */
const ordinary = new WeakMap<Register['devices'], Set<string>>();

/**
 * When each meter of a site counts. One that was replaced goes on to be missed, and so taken to draw much, until the one
 * in its place has spoken: in between nobody knows what the building draws, and that is never nothing.
 */
export function meterCounting({ devices }: Register, { meters }: Site): CountingOf {
  const always = ordinary.get(devices) ?? new Set();
  ordinary.set(devices, always);
  return (key) => {
    if (always.has(key)) return ALWAYS;
    const end = key.indexOf('|');
    const [device, channel] = [key.slice(0, end), key.slice(end + 1) || undefined];
    const row = deviceRow(devices.get(device) ?? [], channel);
    // A part of what the device says as a whole, which its one row stands for.
    const isPart = channel !== undefined && row?.channel === undefined && meters[`${device}|`] !== undefined;
    if (row && isPart) return NEVER;
    if (row?.countsFromMs === undefined && row?.countsToMs === undefined) {
      if (channel === undefined) always.add(key);
      return ALWAYS;
    }
    const { countsFromMs, countsToMs, replacedBy } = row;
    const hasSpoken = Object.keys(meters).some((other) => other.startsWith(`${replacedBy}|`));
    return {
      ...(countsFromMs === undefined ? {} : { countsFromMs }),
      ...(countsToMs === undefined || !hasSpoken ? {} : { countsToMs }),
    };
  };
}
