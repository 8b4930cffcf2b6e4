import type { Kysely } from 'kysely';
import type { Tables } from '../database/tables.ts';
import { anchor } from './audit-log.ts';
import { hashOf } from './entry.ts';

export interface AuditVerdict {
  readonly entries: number;
  /** Of the last entry: whoever has noted it down earlier sees whether the end was cut off and written anew. */
  readonly head: { readonly sequence: number; readonly hash: string };
  /** The first entry that is not as it was written, and why. */
  readonly fault?: { readonly sequence: number; readonly reason: string };
  /** Whether the entry that was noted down is still there, where one was named. */
  readonly hasNoted?: boolean;
}

const PAGE = 1000;

/** Walks the whole chain. `noted` is the hash of an entry that somebody has kept elsewhere. */
export async function verifyAudit(sql: Kysely<Tables>, noted?: string): Promise<AuditVerdict> {
  let { sequence, hash } = await anchor(sql);
  let hasNoted = hash === noted;
  let entries = 0;
  for (;;) {
    const rows = await sql
      .selectFrom('audit')
      .selectAll()
      .where('sequence', '>', sequence)
      .orderBy('sequence')
      .limit(PAGE)
      .execute();
    for (const row of rows) {
      const fault = faultOf(row, sequence, hash);
      if (fault)
        return { entries, head: { sequence, hash }, fault: { sequence: row.sequence, reason: fault } };
      ({ sequence, hash } = row);
      hasNoted ||= hash === noted;
      entries++;
    }
    if (rows.length < PAGE) break;
  }
  return { entries, head: { sequence, hash }, ...(noted === undefined ? {} : { hasNoted }) };
}

function faultOf(
  row: Parameters<typeof hashOf>[0] & { readonly hash: string },
  sequence: number,
  hash: string,
) {
  if (row.sequence !== sequence + 1) return `entries ${sequence + 1} to ${row.sequence - 1} are missing`;
  if (row.previous_hash !== hash) return 'it does not follow the entry before it';
  return hashOf(row) === row.hash ? undefined : 'it was changed after it was written';
}
