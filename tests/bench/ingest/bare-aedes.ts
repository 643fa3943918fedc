import { createServer } from 'node:net';
import { Aedes } from 'aedes';

// The measure of what a broker in JavaScript can do: aedes as it comes, which throws everything away.

const aedes = await Aedes.createBroker();
const server = createServer({ noDelay: true }, (socket) => {
  aedes.handle(socket);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(JSON.stringify({ port: typeof address === 'object' ? address?.port : 0 }));
});
