import { once } from 'node:events';
import { createServer, request } from 'node:http';

/** How the proxy answers a request to write, instead of passing it on. */
export type Fault =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string }
  | 'hang up'
  | 'silence';

/** An HTTP server that passes requests on, and breaks as it is told. */
export type FaultProxy = {
  readonly url: string;
  /** Breaks the next writes, one fault each; then passes on again. */
  readonly inject: (...faults: readonly Fault[]) => void;
  /** Faults that are still to come. */
  readonly left: () => number;
} & AsyncDisposable;

export async function openFaultProxy(target: string): Promise<FaultProxy> {
  const faults: Fault[] = [];
  const server = createServer((incoming, outgoing) => {
    const isWrite = incoming.method === 'POST' && incoming.url?.startsWith('/api/v2/write');
    const fault = isWrite ? faults.shift() : undefined;
    if (fault === 'hang up') return void incoming.socket.destroy();
    if (fault === 'silence') return void incoming.resume();
    if (fault !== undefined) {
      incoming.resume();
      outgoing.writeHead(fault.status, { 'content-type': 'application/json', ...fault.headers });
      outgoing.end(fault.body ?? JSON.stringify({ code: 'fault', message: 'injected' }));
      return;
    }
    const passed = request(
      new URL(incoming.url ?? '/', target),
      { method: incoming.method, headers: incoming.headers },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      },
    );
    passed.on('error', () => outgoing.destroy());
    incoming.pipe(passed);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    inject: (...more) => {
      faults.push(...more);
    },
    left: () => faults.length,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
