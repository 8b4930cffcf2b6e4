export interface HookTables {
  readonly hooks: HookRow;
  readonly dead_letters: DeadLetterRow;
}

export interface HookRow {
  readonly id: string;
  readonly tenant_id: string | null;
  readonly url: string;
  /** JSON lists. */
  readonly events: string;
  readonly decides: string;
  readonly apps: string;
  readonly secret: string;
  /** Milliseconds. */
  readonly timeout: number;
  readonly is_enabled: number;
  readonly description: string;
  /** Milliseconds since 1970. */
  readonly created_at: number;
}

export interface DeadLetterRow {
  /** The message's. */
  readonly id: string;
  /** Of a hook of the table, or of the configuration. */
  readonly hook_id: string;
  readonly kind: string;
  readonly body: string;
  readonly attempts: number;
  readonly error: string;
  /** Milliseconds since 1970. */
  readonly created_at: number;
  readonly failed_at: number;
}
