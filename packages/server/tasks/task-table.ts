import type { Task, TaskStore } from '@flux-iot/core/control/task';
import type { Database } from '../database/open-database.ts';
import type { SecretBox } from '../database/secret-box.ts';

export interface TaskTableOptions {
  readonly database: Database;
  readonly box: SecretBox;
  /** Told of a task that cannot be read: the key is another one, or its row was changed. */
  readonly onUnreadable: (kind: Task['kind'], id: string) => void;
}

/** Ingests, pushes and recordings in the database, with what is secret in them encrypted. */
export class TaskTable implements TaskStore {
  readonly #options: TaskTableOptions;

  constructor(options: TaskTableOptions) {
    this.#options = options;
  }

  async load<Kind extends Task['kind']>(kind: Kind): Promise<Extract<Task, { kind: Kind }>[]> {
    const { database, box, onUnreadable } = this.#options;
    const rows = await database.sql
      .selectFrom('tasks')
      .select(['id', 'sealed'])
      .where('kind', '=', kind)
      .orderBy('id')
      .execute();
    return rows.flatMap(({ id, sealed }) => {
      const text = box.open(sealed, placeOf(kind, id));
      // Nobody but this program can have sealed it.
      if (text !== undefined) return [JSON.parse(text) as Extract<Task, { kind: Kind }>];
      onUnreadable(kind, id);
      return [];
    });
  }

  async save(task: Task): Promise<void> {
    const { database, box } = this.#options;
    const { kind, id, streamId } = task;
    const saved = {
      stream_id: streamId,
      sealed: box.seal(JSON.stringify(task), placeOf(kind, id)),
      saved_at: Date.now(),
    };
    await database.sql
      .insertInto('tasks')
      .values({ kind, id, ...saved })
      .onConflict(conflict => conflict.columns(['kind', 'id']).doUpdateSet(saved))
      .execute();
  }

  async remove(kind: Task['kind'], id: string): Promise<void> {
    await this.#options.database.sql
      .deleteFrom('tasks')
      .where('kind', '=', kind)
      .where('id', '=', id)
      .execute();
  }
}

function placeOf(kind: Task['kind'], id: string): string {
  return `tasks/${kind}/${id}`;
}
