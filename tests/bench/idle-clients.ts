import { once } from 'node:events';
import { connect } from 'node:net';

// Connects as many clients as asked, which then say nothing; prints "connected" when all have their CONNACK. A process of
// its own, so that the sockets' other ends are not the service's memory.

const [port = 0, clients = 0] = process.argv.slice(2).map(Number);
const AT_ONCE = 200;

for (let n = 0; n < clients; n += AT_ONCE) {
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, clients - n) }, (_, i) => open(n + i)));
}
console.log('connected');

async function open(n: number): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1' });
  await once(socket, 'connect');
  const id = Buffer.from(`idle-${n}`);
  const head = [0x10, 12 + id.length, 0, 4, ...Buffer.from('MQTT'), 4, 2, 0x0e, 0x10, 0, id.length];
  socket.write(Buffer.from([...head, ...id]));
  const [connack] = await once(socket, 'data');
  if (connack[3] !== 0) throw new Error(`client ${n} is refused with ${connack[3]}`);
}
