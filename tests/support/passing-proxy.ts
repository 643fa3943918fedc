import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A reverse proxy as it is mostly set up: kvarter stands below a path of it, and is asked by its inner address. */
export async function openPassingProxy(path: string, innerPort: () => number) {
  const server = createServer((asked, answer) => {
    const port = innerPort();
    const passed = request(
      {
        port,
        host: '127.0.0.1',
        method: asked.method,
        path: asked.url?.startsWith(path) ? asked.url.slice(path.length) : '/',
        headers: { ...asked.headers, host: `127.0.0.1:${port}` },
      },
      (inner) => {
        answer.writeHead(inner.statusCode ?? 502, inner.headers);
        inner.pipe(answer);
      },
    );
    passed.on('error', () => answer.destroy());
    asked.pipe(passed);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
