import type { AccountTables } from './tables/accounts.ts';
import type { AuditTables } from './tables/audit.ts';
import type { Gb28181Tables } from './tables/gb28181.ts';
import type { HookTables } from './tables/hooks.ts';
import type { RecordingTables } from './tables/recordings.ts';
import type { TaskTables } from './tables/tasks.ts';

/** Every table, by name; a room's tables are in a file of their own, as its migrations are. */
export interface Tables
  extends AccountTables,
    AuditTables,
    Gb28181Tables,
    HookTables,
    RecordingTables,
    TaskTables {}
