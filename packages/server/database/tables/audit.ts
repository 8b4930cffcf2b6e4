export interface AuditTables {
  readonly audit: AuditRow;
  /** One row, of id 1: the last entry that was removed from the beginning. */
  readonly audit_anchor: { readonly id: number; readonly sequence: number; readonly hash: string };
}

export interface AuditRow {
  /** From 1, without gaps. */
  readonly sequence: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly actor: string;
  readonly actor_id: string | null;
  readonly tenant_id: string | null;
  readonly action: string;
  readonly target: string;
  readonly address: string;
  readonly result: string;
  /** The error's, where it was refused or failed. */
  readonly code: string | null;
  readonly request_id: string | null;
  /** JSON. */
  readonly details: string;
  readonly previous_hash: string;
  readonly hash: string;
}
