import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

/** What the buffers take that somebody still holds, MB. Poll for it: V8 gives some of them back a moment after collecting. */
export function heldBuffersMb(): number {
  collect();
  return process.memoryUsage().arrayBuffers / 1e6;
}
