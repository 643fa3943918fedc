import { createHash } from 'node:crypto';
import type { SQLOutputValue } from 'node:sqlite';
import { z } from 'zod';
import { changeSchema } from '../alerts/alert-schema.ts';
import { type News, newsKinds } from './plan.ts';

const kindSchema = z.enum(newsKinds);

export type Row = Record<string, SQLOutputValue>;

/** What news are to a recipient, unique among those of an alert, which may be renewed again and again. */
export function keyOf({ kind, change }: Pick<News, 'kind' | 'change'>): string {
  return kind === 'renewed' ? `${kind}/${change.alert.renewed?.atMs}` : kind;
}

export function kindOf({ kind }: Row): News['kind'] {
  return kindSchema.parse(String(kind).split('/')[0]);
}

export function newsOfRow(row: Row): News {
  return {
    row: Number(row.row),
    kind: kindOf(row),
    building: String(row.building),
    isUrgent: row.urgent === 1,
    atMs: Number(row.at_ms),
    dueMs: Number(row.due_ms),
    change: changeSchema.parse(JSON.parse(String(row.change))),
  };
}

/** The same for the same news, whenever and however often they are told. */
export function messageId(recipient: string, news: readonly Pick<News, 'kind' | 'change'>[]): string {
  const parts = news.map((one) => `${one.change.alert.id}/${keyOf(one)}`);
  return createHash('sha256')
    .update([recipient, ...parts].join('|'))
    .digest('hex')
    .slice(0, 20);
}
