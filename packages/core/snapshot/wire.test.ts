import { describe, expect, it } from 'vitest';
import type { Snapshot, SnapshotRequest } from './snapshot.ts';
import { readSnapshotAnswer, readSnapshotQuery, snapshotHeaders, snapshotTarget } from './wire.ts';

const REQUEST: SnapshotRequest = {
  mode: 'keyframe',
  format: 'webp',
  quality: 70,
  width: 320,
  height: undefined,
  maxAge: 1.5,
  allowStale: true,
};

describe('what a node is asked and answers', () => {
  it('is read as it was written', () => {
    const target = new URL(snapshotTarget('acme~cam1', REQUEST), 'http://node');
    expect(target.pathname).toBe('/snapshot/acme~cam1');
    expect(readSnapshotQuery(target.searchParams)).toEqual(REQUEST);
    const snapshot: Snapshot = {
      data: Buffer.from('picture'),
      format: 'webp',
      width: 320,
      height: 180,
      path: 'last',
      takenAt: 1_700_000_000_000,
      reason: 'STREAM_NOT_READY',
    };
    expect(readSnapshotAnswer(200, snapshotHeaders(snapshot), snapshot.data)).toEqual(snapshot);
  });

  it('is an error of the same code, or one of its own for what is no answer', () => {
    const problem = Buffer.from(JSON.stringify({ code: 'SNAPSHOT_BUSY', detail: 'Later.' }));
    expect(() => readSnapshotAnswer(503, {}, problem)).toThrow(
      expect.objectContaining({ code: 'SNAPSHOT_BUSY', message: 'Later.' }),
    );
    const failed = expect.objectContaining({ code: 'UPSTREAM_FAILED' });
    expect(() => readSnapshotAnswer(404, {}, Buffer.from('<html>'))).toThrow(failed);
    expect(() => readSnapshotAnswer(200, {}, Buffer.from('x'))).toThrow(failed);
    for (const query of ['', 'mode=auto&format=gif', 'mode=auto&format=png&width=x'])
      expect(() => readSnapshotQuery(new URLSearchParams(query))).toThrow(
        expect.objectContaining({ code: 'REQUEST_INVALID' }),
      );
  });
});
