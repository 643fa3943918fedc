import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/**
 * A client that publishes as fast as it is acknowledged, with the packets written by hand (MQTT 3.1.1, 3.1, 3.3, 3.4):
 * a client library costs more than the broker that it is to measure.
 */
export async function publishAll(options: {
  readonly port: number;
  readonly client: string;
  readonly topic: string;
  readonly count: number;
  readonly inFlight: number;
  readonly payload: (number: number) => string;
  /** Time from publish to PUBACK, ms. */
  readonly onAcknowledged: (latencyMs: number) => void;
}): Promise<void> {
  const { port, client, topic, count, inFlight, payload, onAcknowledged } = options;
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  const body = Buffer.concat([text('MQTT'), Buffer.from([4, 2, 0, 60]), text(client)]);
  socket.write(Buffer.concat([Buffer.from([0x10, body.length]), body]));
  await once(socket, 'data');

  const sentMs = new Float64Array(65_536);
  let [sent, acknowledged] = [0, 0];
  const send = (free: number): void => {
    const packets: Buffer[] = [];
    for (; free > 0 && sent < count; free -= 1, sent += 1) {
      const id = (sent % 65_535) + 1;
      sentMs[id] = performance.now();
      packets.push(publishPacket(topic, id, payload(sent)));
    }
    if (packets.length > 0) socket.write(Buffer.concat(packets));
  };
  const done = Promise.withResolvers<void>();
  let rest: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    const whole = bytes.length - (bytes.length % 4);
    for (let at = 0; at < whole; at += 4) {
      if (bytes[at] !== 0x40) done.reject(new Error(`not a PUBACK: ${bytes[at]}`));
      onAcknowledged(performance.now() - (sentMs[bytes.readUInt16BE(at + 2)] ?? 0));
    }
    rest = bytes.subarray(whole);
    acknowledged += whole / 4;
    if (acknowledged === count) done.resolve();
    else send(whole / 4);
  });
  socket.on('error', done.reject);
  socket.on('close', () => done.reject(new Error(`closed after ${acknowledged} of ${count}`)));
  send(inFlight);
  await done.promise.finally(() => end(socket));
}

function publishPacket(topic: string, id: number, payload: string): Buffer {
  const content = Buffer.from(payload);
  const name = text(topic);
  const length = name.length + 2 + content.length;
  const head = length < 128 ? [0x32, length] : [0x32, (length % 128) | 128, Math.floor(length / 128)];
  return Buffer.concat([Buffer.from(head), name, Buffer.from([id >> 8, id & 255]), content]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
}

function end(socket: Socket): void {
  socket.removeAllListeners('close');
  socket.end(Buffer.from([0xe0, 0]));
}
