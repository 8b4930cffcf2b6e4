import type { Recording } from '@flux-iot/core/record/recording';
import type { Database } from '../database/open-database.ts';
import type { RecordingRow } from '../database/tables/recordings.ts';
import type { IndexedRecording, RecordingFilter, RecordingIndex } from './recording-index.ts';

/** The index in the server's database. */
export class DatabaseRecordingIndex implements RecordingIndex {
  readonly #sql: Database['sql'];

  constructor({ sql }: Pick<Database, 'sql'>) {
    this.#sql = sql;
  }

  async put(recording: Recording): Promise<void> {
    const changing = {
      state: recording.state,
      started_at: recording.startedAt,
      ended_at: recording.endedAt,
      size: recording.size,
      entry: JSON.stringify(recording),
    };
    const { id, streamId: stream_id, key } = recording;
    await this.#sql
      .insertInto('recordings')
      .values({ id, stream_id, key, held: 0, ...changing })
      .onConflict(conflict => {
        const update = conflict.column('id').doUpdateSet(changing);
        return recording.state === 'finished' ? update : update.where('recordings.state', '=', 'recording');
      })
      .execute();
  }

  async get(id: string): Promise<IndexedRecording | undefined> {
    const row = await this.#sql
      .selectFrom('recordings')
      .select(['entry', 'held'])
      .where('id', '=', id)
      .executeTakeFirst();
    return row && indexed(row);
  }

  async list(filter: RecordingFilter): Promise<{ recordings: IndexedRecording[]; total: number }> {
    const { streamId, isWanted, state, from, to, limit, offset } = filter;
    let matching = this.#sql.selectFrom('recordings');
    if (isWanted) {
      const ids = await this.#sql.selectFrom('recordings').select('stream_id').distinct().execute();
      const wanted = ids.map(({ stream_id }) => stream_id).filter(isWanted);
      if (wanted.length === 0) return { recordings: [], total: 0 };
      matching = matching.where('stream_id', 'in', wanted);
    }
    if (streamId !== undefined) matching = matching.where('stream_id', '=', streamId);
    if (state !== undefined) matching = matching.where('state', '=', state);
    if (from !== undefined) {
      matching = matching.where(({ or, eb }) =>
        or([eb('ended_at', '>=', from), eb('state', '=', 'recording')]),
      );
    }
    if (to !== undefined) matching = matching.where('started_at', '<', to);
    const { total } = await matching
      .select(({ fn }) => fn.countAll<number>().as('total'))
      .executeTakeFirstOrThrow();
    const rows = await matching
      .select(['entry', 'held'])
      .orderBy('started_at')
      .orderBy('id')
      .limit(limit)
      .offset(offset)
      .execute();
    return { recordings: rows.map(indexed), total: Number(total) };
  }

  async setHeld(id: string, held: boolean): Promise<boolean> {
    const { numUpdatedRows } = await this.#sql
      .updateTable('recordings')
      .set({ held: held ? 1 : 0 })
      .where('id', '=', id)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  async delete(id: string): Promise<void> {
    await this.#sql.deleteFrom('recordings').where('id', '=', id).execute();
  }

  async totalBytes(): Promise<number> {
    const { bytes } = await this.#sql
      .selectFrom('recordings')
      .select(({ fn }) => fn.sum<number | string | null>('size').as('bytes'))
      .where('state', '=', 'finished')
      .executeTakeFirstOrThrow();
    return Number(bytes ?? 0);
  }

  async bytesByStream(): Promise<Map<string, number>> {
    const rows = await this.#sql
      .selectFrom('recordings')
      .select(['stream_id', ({ fn }) => fn.sum<number | string>('size').as('bytes')])
      .where('state', '=', 'finished')
      .groupBy('stream_id')
      .execute();
    return new Map(rows.map(({ stream_id, bytes }) => [stream_id, Number(bytes)]));
  }

  async finishedKeys(): Promise<Set<string>> {
    const rows = await this.#sql
      .selectFrom('recordings')
      .select('key')
      .where('state', '=', 'finished')
      .execute();
    return new Set(rows.map(({ key }) => key));
  }
}

function indexed({ entry, held }: Pick<RecordingRow, 'entry' | 'held'>): IndexedRecording {
  return { recording: JSON.parse(entry) as Recording, held: held !== 0 };
}
