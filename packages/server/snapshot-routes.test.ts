import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { RecordedSnapshotSource } from '@flux-iot/core/snapshot/recorded-snapshots';
import type { SnapshotRequest, SnapshotSource } from '@flux-iot/core/snapshot/snapshot';
import { describe, expect, it } from 'vitest';
import { TestApi } from './test-support.ts';

const URL = '/api/v1/streams/cam1/snapshot';

function fakeSource() {
  const asked: SnapshotRequest[] = [];
  const answer: { fault?: FluxError } = {};
  const source: SnapshotSource = {
    async snapshot(_streamId, request) {
      asked.push(request);
      if (answer.fault) throw answer.fault;
      const { format } = request;
      return {
        data: Buffer.from('\xff\xd8', 'latin1'),
        format,
        width: 4,
        height: 2,
        path: 'keyframe',
        takenAt: 0,
      };
    },
  };
  return { asked, answer, source };
}

describe('GET /streams/{id}/snapshot', () => {
  it('asks for what the query says, and tells of the picture in headers', async () => {
    const { asked, source } = fakeSource();
    const api = await TestApi.start({ snapshots: source });
    try {
      const answer = await api.get(URL);
      expect(answer.statusCode).toBe(200);
      expect(answer.rawPayload.toString('hex')).toBe('ffd8');
      expect(answer.headers).toMatchObject({
        'content-type': 'image/jpeg',
        'cache-control': 'no-store',
        'x-snapshot-path': 'keyframe',
        'x-snapshot-time': '1970-01-01T00:00:00.000Z',
        'x-snapshot-width': '4',
        'x-snapshot-height': '2',
        'last-modified': 'Thu, 01 Jan 1970 00:00:00 GMT',
      });
      expect(Number(answer.headers['x-snapshot-age'])).toBeGreaterThan(1e9);
      await api.get(`${URL}?mode=decode&width=320&format=png&quality=5&max_age=1.5&allow_stale=true`);
      expect(asked).toMatchObject([
        { mode: 'auto', format: 'jpeg', quality: 80, maxAge: 2, allowStale: false },
        { mode: 'decode', format: 'png', quality: 5, width: 320, maxAge: 1.5, allowStale: true },
      ]);
    } finally {
      await api.stop();
    }
  });

  it('with a time asks for what was recorded', async () => {
    const asked: unknown[] = [];
    const recordedSnapshots: RecordedSnapshotSource = {
      async snapshot(streamId, request) {
        asked.push([streamId, request]);
        if (request.at === 0) throw new FluxError('RECORDING_NOT_FOUND', 'Nothing was recorded.');
        const data = Buffer.from('\xff\xd8', 'latin1');
        return { data, format: request.format, width: 4, height: 2, path: 'recording', takenAt: 1000 };
      },
    };
    const { asked: live, source } = fakeSource();
    const api = await TestApi.start({ snapshots: source, recordedSnapshots });
    try {
      const answer = await api.get(`${URL}?mode=decode&width=40&at=1970-01-01T01:00:01.5%2B01:00`);
      expect(answer.statusCode).toBe(200);
      expect(answer.headers).toMatchObject({
        'x-snapshot-path': 'recording',
        'x-snapshot-time': '1970-01-01T00:00:01.000Z',
      });
      expect(asked).toMatchObject([['cam1', { at: 1500, mode: 'decode', width: 40, format: 'jpeg' }]]);
      const nothing = await api.get(`${URL}?at=1970-01-01T00:00:00Z`);
      expect(nothing.statusCode).toBe(404);
      expect(nothing.json()).toMatchObject({ code: 'RECORDING_NOT_FOUND' });
      expect((await api.get(`${URL}?at=yesterday`)).statusCode).toBe(400);
      expect(live).toEqual([]);
    } finally {
      await api.stop();
    }
  });

  it('says when to come again', async () => {
    const { answer, source } = fakeSource();
    const api = await TestApi.start({ snapshots: source });
    try {
      answer.fault = new FluxError('SNAPSHOT_BUSY', 'Too many.');
      const busy = await api.get(URL);
      expect(busy.statusCode).toBe(503);
      expect(busy.headers['retry-after']).toBe('1');
      expect(busy.json()).toMatchObject({ code: 'SNAPSHOT_BUSY' });
      expect((await api.get('/api/v1/streams/no%20id/snapshot')).json()).toMatchObject({
        code: 'STREAM_ID_INVALID',
      });
    } finally {
      await api.stop();
    }
  });
});
