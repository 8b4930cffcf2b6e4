import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import type { SqliteDatabase, SqliteStatement } from 'kysely';

/** Milliseconds that a statement waits for another process (`flux audit verify`, a backup) to let go. */
const BUSY_TIMEOUT = 5000;

/** How SQLite is to behave: readers beside one writer, references that hold, nothing lost by a killed process. */
const PRAGMAS = ['journal_mode = WAL', 'synchronous = NORMAL', 'foreign_keys = ON', 'trusted_schema = OFF'];

/**
 * SQLite as Node.js brings it, in the form that kysely's SQLite dialect calls. `path` is a file, made if there is
 * none, or `:memory:`. Throws what SQLite says where the file cannot be had.
 */
export class NodeSqlite implements SqliteDatabase {
  readonly #database: DatabaseSync;

  constructor(path: string) {
    this.#database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT, enableForeignKeyConstraints: true });
    for (const pragma of PRAGMAS) this.#database.exec(`PRAGMA ${pragma}`);
  }

  prepare(sql: string): SqliteStatement {
    return new NodeSqliteStatement(this.#database.prepare(sql));
  }

  close(): void {
    this.#database.close();
  }
}

class NodeSqliteStatement implements SqliteStatement {
  readonly #statement: StatementSync;
  /** Whether there are rows to be had: a SELECT, or a change with RETURNING. */
  readonly reader: boolean;

  constructor(statement: StatementSync) {
    this.#statement = statement;
    this.reader = statement.columns().length > 0;
  }

  all(parameters: readonly unknown[]): unknown[] {
    return this.#statement.all(...(parameters as SQLInputValue[]));
  }

  run(parameters: readonly unknown[]) {
    return this.#statement.run(...(parameters as SQLInputValue[]));
  }

  iterate(parameters: readonly unknown[]): IterableIterator<unknown> {
    return this.#statement.iterate(...(parameters as SQLInputValue[]));
  }
}
