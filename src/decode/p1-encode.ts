import { HOUR_MS } from '../domain/interval.ts';
import type { Carried, Encoded, Uplink } from './decode.ts';
import { type P1Code, p1Codes } from './p1-codes.ts';
import { crc16 } from './p1-telegram.ts';
import { conversionFrom } from './units.ts';

/** What a line can tell. */
export function carriedBy({ quantity, channel, outCode, unit, decimals }: P1Code): Carried {
  const step = 1 / Math.round(10 ** decimals / conversionFrom(unit, quantity).factor);
  const isPower = outCode !== undefined;
  const max = quantity.endsWith('h') ? 1e10 : isPower || quantity.endsWith('W') ? 1e6 : 500;
  return { quantity, ...(channel === undefined ? {} : { channel }), step, min: isPower ? -max : 0, max };
}

/** A Swedish telegram, which says the meter's number beside what the recommendation asks for. */
export function encodeP1({ device, atMs, values }: Uplink): readonly Encoded[] {
  const number = Buffer.from(device, 'latin1').toString('hex').toUpperCase();
  const lines = [
    '/KVA5\\kvarter',
    '',
    ...(atMs === undefined ? [] : [`0-0:1.0.0(${clockOf(atMs)})`]),
    `0-0:96.1.1(${number})`,
  ];
  for (const { quantity, channel, value } of values) {
    const code = p1Codes.find((one) => one.quantity === quantity && one.channel === channel);
    if (!code) continue;
    const { inCode, outCode, unit, decimals } = code;
    const written = (amount: number) => {
      const text = (amount / conversionFrom(unit, quantity).factor).toFixed(decimals);
      return `(${text.padStart(decimals === 3 ? 12 : 5, '0')}*${unit})`;
    };
    const when = quantity === 'monthPeakW' ? `(${clockOf(atMs ?? 0)})` : '';
    lines.push(`${inCode}${when}${written(outCode === undefined ? value : Math.max(value, 0))}`);
    if (outCode !== undefined) lines.push(`${outCode}${written(Math.max(-value, 0))}`);
  }
  const text = `${lines.join('\r\n')}\r\n!`;
  const checksum = crc16(Buffer.from(text, 'latin1')).toString(16).toUpperCase().padStart(4, '0');
  return [{ topic: `p1/${device}`, payload: Buffer.from(`${text}${checksum}\r\n`, 'latin1') }];
}

/** UTC+1, summer and winter. */
function clockOf(atMs: number): string {
  const digits = new Date(atMs + HOUR_MS).toISOString().replaceAll(/\D/g, '');
  return `${digits.slice(2, 14)}W`;
}
