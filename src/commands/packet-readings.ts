import type { DecodeContext } from '../decode/decode.ts';
import { type Decoder, decodeBy } from '../decode/decoder.ts';
import { noMemory } from '../decode/memory.ts';
import type { Measurement } from '../domain/reading.ts';
import type { Register } from '../domain/register.ts';
import { zoneOf } from '../domain/zone.ts';

type Packet = { readonly topic: string; readonly payload: Buffer; readonly atMs: number };

/** What simulated packets say, as the service would read them, before a register's ratio and offset: rows for `kvarter replay`. */
export function createPacketReader(
  decoder: Decoder,
  register: Register,
): (packet: Packet) => readonly (Measurement & { readonly atMs: number })[] {
  const spellings = new Map([...register.devices.keys()].map((id) => [id.toLowerCase(), id]));
  const zone = zoneOf(register.organisation.timeZone);
  const context: DecodeContext = {
    modelOf: (device) => register.devices.get(device)?.[0]?.model,
    deviceId: (candidates) =>
      candidates.map((name) => spellings.get(name.toLowerCase())).find((id) => id !== undefined),
    zone: () => zone,
    memory: noMemory,
  };
  const forgetful = { get: () => undefined, set: () => undefined };
  return ({ topic, payload, atMs }) => {
    const input = { topic, payload, receivedAtMs: atMs };
    const claim = decoder.claim(input);
    if (!claim) return [];
    return decodeBy(claim.format, input, context, forgetful).measurements.map((one) => ({
      ...one,
      atMs: one.atMs ?? atMs,
      source: claim.format.name,
    }));
  };
}
