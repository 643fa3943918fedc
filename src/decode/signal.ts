import type { Carried, Value } from './decode.ts';
import { isRecord, numberOf } from './payload.ts';
import type { FieldValue } from './values.ts';

/** What every LoRaWAN network server says of the radio. */
export const signalCarried: readonly Carried[] = [
  { quantity: 'rssiDbm', step: 1, min: -150, max: 10 },
  { quantity: 'snrDb', step: 0.25, min: -30, max: 30 },
];

/**
 * The strongest gateway's signal: of several gateways that heard the device, that is the one that counts. Both servers
 * leave out what is 0 (proto3's JSON), so an SNR of exactly 0 dB is not seen: what is missing is never made a 0 here.
 */
export function signalOf(gateways: unknown): readonly FieldValue[] {
  if (!Array.isArray(gateways)) return [];
  let best: { readonly rssi: number | undefined; readonly snr: number | undefined } | undefined;
  for (const gateway of gateways) {
    if (!isRecord(gateway)) continue;
    const rssi = numberOf(gateway.rssi);
    const snr = numberOf(gateway.snr);
    if (!best || (rssi ?? Number.NEGATIVE_INFINITY) > (best.rssi ?? Number.NEGATIVE_INFINITY)) {
      best = { rssi, snr };
    }
  }
  const values: FieldValue[] = [];
  if (best?.rssi !== undefined) values.push({ quantity: 'rssiDbm', value: best.rssi });
  if (best?.snr !== undefined) values.push({ quantity: 'snrDb', value: best.snr });
  return values;
}

/** The gateway that heard it so; none when nothing is said of the signal. */
export function gatewayOf(values: readonly Value[]): readonly Readonly<Record<string, number>>[] {
  const rssi = values.find(({ quantity }) => quantity === 'rssiDbm')?.value;
  const snr = values.find(({ quantity }) => quantity === 'snrDb')?.value;
  if (rssi === undefined && snr === undefined) return [];
  return [{ ...(rssi === undefined ? {} : { rssi }), ...(snr === undefined ? {} : { snr }) }];
}

/** What is not the server's own to say: a codec's object under kvarter's names. */
export function objectOf(values: readonly Value[]): Readonly<Record<string, number>> | undefined {
  const own = new Set(['rssiDbm', 'snrDb', 'batteryPct']);
  const others = values.filter(({ quantity }) => !own.has(quantity));
  return others.length === 0
    ? undefined
    : Object.fromEntries(others.map(({ quantity, value }) => [quantity, value]));
}
