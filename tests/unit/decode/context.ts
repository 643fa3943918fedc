import type { DecodeContext } from '../../../src/decode/decode.ts';
import type { Json } from '../../../src/domain/alert.ts';
import { zoneOf } from '../../../src/domain/zone.ts';

/** A register that knows these devices: id → model, and a memory that begins empty. */
export function contextOf(models: Readonly<Record<string, string>>): DecodeContext {
  const ids = Object.keys(models);
  const remembered = new Map<string, Json>();
  return {
    modelOf: (device) => (Object.hasOwn(models, device) ? models[device] : undefined),
    deviceId: (candidates) =>
      candidates
        .map((candidate) => ids.find((id) => id.toLowerCase() === candidate.toLowerCase()))
        .find((id) => id !== undefined),
    zone: () => zoneOf('Europe/Stockholm'),
    memory: {
      get: (key) => remembered.get(key),
      set: (key, value) => void remembered.set(key, value),
    },
  };
}
