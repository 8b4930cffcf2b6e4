import type { AccountTables } from './tables/accounts.ts';
import type { AuditTables } from './tables/audit.ts';

/** Every table, by name; a room's tables are in a file of their own, as its migrations are. */
export interface Tables extends AccountTables, AuditTables {}
