/** PostgreSQL's `unique_violation`. */
const UNIQUE_VIOLATION = '23505';
/** SQLITE_CONSTRAINT_PRIMARYKEY and SQLITE_CONSTRAINT_UNIQUE. */
const SQLITE_DUPLICATES: ReadonlySet<unknown> = new Set([1555, 2067]);

/** Whether the database refused a row because there is one of its name already. */
export function isDuplicate(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, errcode } = error as { readonly code?: unknown; readonly errcode?: unknown };
  return code === UNIQUE_VIOLATION || SQLITE_DUPLICATES.has(errcode);
}
