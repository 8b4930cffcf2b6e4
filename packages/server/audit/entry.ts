import { createHash } from 'node:crypto';
import type { AuditRow } from '../database/tables/audit.ts';

export type AuditResult = 'ok' | 'refused' | 'failed';

/** What is written down of one change, or of one attempt. */
export interface AuditEvent {
  /** Who: the name of a user or key; `anonymous` where that is not known. */
  readonly actor: string;
  readonly actorId?: string;
  /** Whose affair it is; undefined where that is nobody's but the server's. */
  readonly tenantId?: string;
  /** What: `POST /api/v1/users`, `publish`, `login`. */
  readonly action: string;
  /** On what: `users/…`, `streams/cam1`. */
  readonly target: string;
  /** From where. */
  readonly address: string;
  readonly result: AuditResult;
  /** Of the error, where it is not `ok`. */
  readonly code?: string;
  readonly requestId?: string;
  /** Plain data without secrets. */
  readonly details?: Readonly<Record<string, unknown>>;
}

export interface AuditEntry extends AuditEvent {
  readonly sequence: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly hash: string;
}

/** The hash before the first entry. */
export const GENESIS = '0'.repeat(64);

/** SHA-256 of all that the entry says and of the hash before it: none can be changed, left out or moved unseen. */
export function hashOf(row: Omit<AuditRow, 'hash'>): string {
  const content = JSON.stringify([
    row.previous_hash,
    row.sequence,
    row.at,
    row.actor,
    row.actor_id,
    row.tenant_id,
    row.action,
    row.target,
    row.address,
    row.result,
    row.code,
    row.request_id,
    row.details,
  ]);
  return createHash('sha256').update(content).digest('hex');
}

export function rowOf(event: AuditEvent, sequence: number, at: number, previousHash: string): AuditRow {
  const row = {
    sequence,
    at,
    actor: event.actor,
    actor_id: event.actorId ?? null,
    tenant_id: event.tenantId ?? null,
    action: event.action,
    target: event.target,
    address: event.address,
    result: event.result,
    code: event.code ?? null,
    request_id: event.requestId ?? null,
    details: JSON.stringify(event.details ?? {}),
    previous_hash: previousHash,
  };
  return { ...row, hash: hashOf(row) };
}

export function entryOf(row: AuditRow): AuditEntry {
  return {
    sequence: row.sequence,
    at: row.at,
    actor: row.actor,
    actorId: row.actor_id ?? undefined,
    tenantId: row.tenant_id ?? undefined,
    action: row.action,
    target: row.target,
    address: row.address,
    result: row.result as AuditResult,
    code: row.code ?? undefined,
    requestId: row.request_id ?? undefined,
    details: JSON.parse(row.details) as Record<string, unknown>,
    hash: row.hash,
  };
}
