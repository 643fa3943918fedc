import { HttpError } from '@influxdata/influxdb-client';
import { z } from 'zod';
import { KvarterError } from '../domain/errors.ts';
import type { Connection } from './influxdb-connection.ts';
import { isFromInfluxdb, isMissingBucket, saidBy } from './influxdb-errors.ts';

/** `retentionDays` holds for a bucket that kvarter creates, 0 is for ever; an existing one stays as it is. */
export type Bucket = { readonly name: string; readonly retentionDays: number };

/**
 * Does something with a bucket; when the server has no such bucket, creates it and does it again. Nobody asks
 * beforehand, so a token that may only write is enough, and a bucket that is deleted meanwhile comes back.
 */
export async function withBucket<T>(
  connection: Connection,
  org: string,
  bucket: Bucket,
  task: () => Promise<T>,
): Promise<T> {
  try {
    return await task();
  } catch (error) {
    if (!isMissingBucket(error)) throw error;
    await create(connection, org, bucket);
    return task();
  }
}

async function create(connection: Connection, org: string, bucket: Bucket): Promise<void> {
  try {
    const orgId = await findOrganisation(connection, org);
    if (orgId === undefined) await createDatabase(connection, bucket);
    else await createBucket(connection, orgId, bucket);
  } catch (error) {
    // A neighbour was faster.
    if (error instanceof HttpError && error.code === 'conflict') return;
    if (error instanceof HttpError && error.statusCode < 500 && error.statusCode !== 429) {
      throw uncreatable(bucket, `${error.statusCode}: ${saidBy(error)}`, error);
    }
    throw error;
  }
}

/** Undefined on 1.8, which has no organisations and answers 404 in plain text. */
async function findOrganisation(connection: Connection, org: string): Promise<string | undefined> {
  try {
    const answer = await connection.request('GET', `/api/v2/orgs?org=${encodeURIComponent(org)}`);
    const [found] = organisationsSchema.parse(answer).orgs;
    if (found !== undefined) return found.id;
  } catch (error) {
    if (!(error instanceof HttpError && error.statusCode === 404)) throw error;
    if (!isFromInfluxdb(error)) return undefined;
  }
  throw new KvarterError(
    'store-misconfigured',
    `InfluxDB has no organisation "${org}": check store.influxdb.org.`,
  );
}

const organisationsSchema = z.object({ orgs: z.array(z.object({ id: z.string() })) });

async function createBucket(connection: Connection, orgID: string, { name, retentionDays }: Bucket) {
  const everySeconds = retentionDays * 24 * 60 * 60;
  const retentionRules = retentionDays > 0 ? [{ type: 'expire', everySeconds }] : [];
  await connection.request('POST', '/api/v2/buckets', {
    type: 'application/json',
    text: JSON.stringify({ orgID, name, retentionRules }),
  });
}

/** On 1.8 a bucket is a database with its default retention policy. */
async function createDatabase(connection: Connection, bucket: Bucket): Promise<void> {
  const duration = bucket.retentionDays > 0 ? ` WITH DURATION ${bucket.retentionDays}d` : '';
  const statement = `CREATE DATABASE "${bucket.name.replace(/["\\]/g, '\\$&')}"${duration}`;
  const answer = await connection.request('POST', '/query', {
    type: 'application/x-www-form-urlencoded',
    text: new URLSearchParams({ q: statement }).toString(),
  });
  const failure = statementSchema.safeParse(answer);
  const said = failure.success
    ? failure.data.results.find(({ error }) => error)?.error
    : 'no InfluxDB answers';
  if (said !== undefined) throw uncreatable(bucket, said);
}

const statementSchema = z.object({ results: z.array(z.object({ error: z.string().optional() })) });

function uncreatable({ name }: Bucket, said: string, cause?: unknown): KvarterError {
  const message = `InfluxDB has no bucket "${name}" and does not let kvarter create it (${said}): create it, or give kvarter a token that may.`;
  return new KvarterError('store-misconfigured', message, { cause });
}
