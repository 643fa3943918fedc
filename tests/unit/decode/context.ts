import type { DecodeContext } from '../../../src/decode/decode.ts';
import { zoneOf } from '../../../src/domain/zone.ts';

/** A register that knows these devices: id → model. */
export function contextOf(models: Readonly<Record<string, string>>): DecodeContext {
  const ids = Object.keys(models);
  return {
    modelOf: (device) => (Object.hasOwn(models, device) ? models[device] : undefined),
    deviceId: (candidates) =>
      candidates
        .map((candidate) => ids.find((id) => id.toLowerCase() === candidate.toLowerCase()))
        .find((id) => id !== undefined),
    zone: () => zoneOf('Europe/Stockholm'),
  };
}
