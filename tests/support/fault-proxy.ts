import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';

/** How the proxy answers a request to write, instead of passing it on. */
export type Fault =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string }
  | 'hang up'
  | 'silence';

/** A request to write, and what became of it. `status` is 0 while there is no answer. */
export type Write = {
  readonly atMs: number;
  readonly bucket: string;
  readonly lines: readonly string[];
  status: number;
};

/** What is done with a write: a fault, other lines passed on in its place (all of them if it gives nothing). */
export type WriteHandler = (
  write: Write,
  send: (lines: readonly string[]) => Promise<number>,
) => Promise<Fault | undefined> | Fault | undefined;

/** An HTTP server that passes requests on to InfluxDB, and breaks as it is told. */
export type FaultProxy = {
  readonly url: string;
  /** Breaks the next writes, one fault each; then passes on again. */
  readonly inject: (...faults: readonly Fault[]) => void;
  /** Faults that are still to come. */
  readonly left: () => number;
  /** From now on asked about each write that no injected fault meets. */
  readonly handle: (handler: WriteHandler | undefined) => void;
  /** Every write so far, in order of arrival. */
  readonly writes: readonly Write[];
} & AsyncDisposable;

/** `remembers` what was written, unless told otherwise. */
export async function openFaultProxy(
  target: string,
  { remembers = true }: { readonly remembers?: boolean } = {},
): Promise<FaultProxy> {
  const faults: Fault[] = [];
  const writes: Write[] = [];
  let handler: WriteHandler | undefined;

  const answerWrite = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const url = new URL(incoming.url ?? '/', target);
    const body = await bodyOf(incoming);
    const lines = body.toString().split('\n').filter(Boolean);
    const write: Write = { atMs: Date.now(), bucket: url.searchParams.get('bucket') ?? '', lines, status: 0 };
    if (remembers) writes.push(write);
    const send = (some: readonly string[]) =>
      post(url, incoming, some.join('\n')).then(({ status }) => status);
    const fault = faults.shift() ?? (await handler?.(write, send));
    if (fault === 'hang up') return void incoming.socket.destroy();
    if (fault === 'silence') return;
    if (fault !== undefined) {
      write.status = fault.status;
      outgoing.writeHead(fault.status, { 'content-type': 'application/json', ...fault.headers });
      outgoing.end(fault.body ?? JSON.stringify({ code: 'fault', message: 'injected' }));
      return;
    }
    const answer = await post(url, incoming, lines.join('\n'));
    write.status = answer.status;
    outgoing.writeHead(answer.status, { 'content-type': answer.type });
    outgoing.end(answer.text);
  };

  const server = createServer((incoming, outgoing) => {
    if (incoming.method === 'POST' && incoming.url?.startsWith('/api/v2/write')) {
      // A server behind that is gone is told as a connection that breaks.
      answerWrite(incoming, outgoing).catch(() => incoming.socket.destroy());
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
    handle: (next) => {
      handler = next;
    },
    writes,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  return incoming.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
}

async function post(url: URL, { headers }: IncomingMessage, body: string) {
  const { authorization = '' } = headers;
  const answer = await fetch(url, { method: 'POST', headers: { authorization }, body });
  return {
    status: answer.status,
    type: answer.headers.get('content-type') ?? 'text/plain',
    text: await answer.text(),
  };
}
