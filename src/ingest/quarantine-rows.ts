import type { SQLInputValue, SQLOutputValue } from 'node:sqlite';
import { type Reject, type RejectCode, rejectCodes } from '../domain/reading.ts';

/** A reject as it is kept. Ids grow with time and are never used again. */
export type QuarantineRow = Reject & { readonly id: number };

/** Rows by id, or by what they have in common; an empty selection is all of them. */
export type QuarantineSelection = {
  readonly ids?: readonly number[];
  readonly code?: RejectCode;
  readonly device?: string;
};

/** The selection as a condition of SQL. */
export function conditionOf({ ids, code, device }: QuarantineSelection): {
  readonly where: string;
  readonly values: readonly SQLInputValue[];
} {
  const conditions = ['TRUE'];
  const values: SQLInputValue[] = [];
  if (ids !== undefined) {
    conditions.push('id IN (SELECT value FROM json_each(?))');
    values.push(JSON.stringify(ids));
  }
  if (code !== undefined) {
    conditions.push('code = ?');
    values.push(code);
  }
  if (device !== undefined) {
    conditions.push('device = ?');
    values.push(device);
  }
  return { where: conditions.join(' AND '), values };
}

export function rowOf(row: Record<string, SQLOutputValue>): QuarantineRow {
  const { id, received_at_ms, code, detail, device, topic, payload, sender } = row;
  return {
    id: Number(id),
    receivedAtMs: Number(received_at_ms),
    code: codeOf(code),
    detail: String(detail),
    ...(typeof device === 'string' ? { device } : {}),
    topic: String(topic),
    payload: payload instanceof Uint8Array ? payload : new Uint8Array(),
    ...(typeof sender === 'string' ? { sender } : {}),
  };
}

export function codeOf(value: SQLOutputValue | undefined): RejectCode {
  if (isRejectCode(value)) return value;
  throw new Error(`the quarantine holds the code ${String(value)}, which another version has written`);
}

export function isRejectCode(value: unknown): value is RejectCode {
  return typeof value === 'string' && Object.hasOwn(rejectCodes, value);
}
