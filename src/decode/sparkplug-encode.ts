import type { Encoded, Uplink } from './decode.ts';
import { splitNode } from './sparkplug-edge.ts';
import { DOUBLE, writeSparkplug } from './sparkplug-payload.ts';

/** A node's data under full names, which need no birth. `group/node`, or a node of the group kvarter. */
export function encodeSparkplug({ device, atMs, values }: Uplink): readonly Encoded[] {
  if (values.length === 0) return [];
  const [group, edgeNode] = splitNode(device.includes('/') ? device : `kvarter/${device}`);
  const metrics = values.map(({ quantity, channel, value, ...own }) => {
    const valueAtMs = own.atMs ?? (atMs === undefined ? undefined : atMs - (own.agoMs ?? 0));
    return {
      name: channel === undefined ? quantity : `${channel}/${quantity}`,
      datatype: DOUBLE,
      value,
      ...(valueAtMs === undefined ? {} : { atMs: valueAtMs }),
    };
  });
  const payload = writeSparkplug(metrics, { ...(atMs === undefined ? {} : { atMs }), seq: 0 });
  return [{ topic: `spBv1.0/${group}/NDATA/${edgeNode}`, payload: Buffer.from(payload) }];
}
