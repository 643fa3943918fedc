import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { type FluxTableColumn, InfluxDB, type WriteApi } from '@influxdata/influxdb-client';
import { KvarterError } from '../domain/errors.ts';
import type { Flux } from './flux.ts';

/** The lines of one request at most: some hundred kilobytes, so that bisecting and a slow link stay bearable. */
export const LINES_PER_REQUEST = 5000;

/** Text of a column in the row at hand; empty where the row has none. */
export type Row = (column: string) => string;

/** What the store needs of the official client. Rejects with what the client rejects with. */
export type Connection = {
  /** Sends at most `LINES_PER_REQUEST` lines of line protocol in one request. */
  write(bucket: string, lines: readonly string[]): Promise<void>;
  query(flux: Flux, onRow: (row: Row) => void): Promise<void>;
  /** Any other request; gives the answer's JSON. */
  request(
    method: 'GET' | 'POST',
    path: string,
    body?: { readonly type: string; readonly text: string },
  ): Promise<unknown>;
  /** Breaks off the requests that are on their way. */
  breakOff(): void;
  close(): Promise<void>;
};

export function connect({
  url,
  token,
  org,
  timeoutMs,
}: {
  readonly url: string;
  readonly token?: string | undefined;
  readonly org: string;
  readonly timeoutMs: number;
}): Connection {
  const agent = endingAgent(url);
  const client = new InfluxDB({
    url,
    timeout: timeoutMs,
    transportOptions: { agent },
    ...(token === undefined ? {} : { token }),
  });
  const queries = client.getQueryApi(org);
  const writers = new Map<string, WriteApi>();

  const writer = (bucket: string): WriteApi => {
    const known = writers.get(bucket);
    if (known !== undefined) return known;
    const made = client.getWriteApi(org, bucket, 'ms', {
      // The journal is the retry: the client's is in memory, and what it sends by itself nobody waits for.
      maxRetries: 0,
      flushInterval: 0,
      batchSize: LINES_PER_REQUEST + 1,
      maxBatchBytes: Number.POSITIVE_INFINITY,
      // A promise here keeps the client from writing to the console.
      writeFailed: (error) => Promise.reject(error),
    });
    writers.set(bucket, made);
    return made;
  };

  return {
    write(bucket, lines) {
      const api = writer(bucket);
      // No await in between: what is flushed is this batch and no other's.
      for (const line of lines) api.writeRecord(line);
      return api.flush();
    },
    async query(flux, onRow) {
      let failure = '';
      const read = createRowReader();
      await queries.collectRows(flux, (values, table) => {
        const row = read(values, table.columns);
        // An error after the first rows comes as a table of its own behind status 200.
        if (row('error') !== '') failure = row('error');
        else onRow(row);
      });
      if (failure !== '') {
        throw new KvarterError('store-unavailable', `InfluxDB broke off its answer: ${failure}`);
      }
    },
    async request(method, path, body) {
      const headers = { accept: 'application/json', ...(body ? { 'content-type': body.type } : {}) };
      return client.transport.request(path, body?.text ?? '', { method, headers });
    },
    breakOff: () => agent.destroy(),
    async close() {
      for (const api of writers.values()) await api.close();
    },
  };
}

/** Finds columns once per table instead of once per value, which the client's own `get` does. */
function createRowReader(): (values: readonly string[], columns: readonly FluxTableColumn[]) => Row {
  let table: readonly FluxTableColumn[] | undefined;
  let places = new Map<string, number>();
  let current: readonly string[] = [];
  const row: Row = (column) => {
    const place = places.get(column);
    if (place === undefined) return '';
    return current[place] || (table?.[place]?.defaultValue ?? '');
  };
  return (values, columns) => {
    current = values;
    if (table !== columns) {
      table = columns;
      places = new Map(columns.map(({ label }, place) => [label, place]));
    }
    return row;
  };
}

/** The client reports a timeout but leaves its request waiting for ever; this ends the socket with it. */
function endingAgent(url: string): HttpAgent {
  const agent = url.startsWith('https:')
    ? new HttpsAgent({ keepAlive: true })
    : new HttpAgent({ keepAlive: true });
  const open = agent.createConnection.bind(agent);
  agent.createConnection = (options, opened) => {
    const socket = open(options, opened);
    socket?.on('timeout', () => socket.destroy());
    return socket;
  };
  return agent;
}
