import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FluxError } from '../errors/flux-error.ts';
import { StreamOrchestrator } from '../orchestrator/stream-orchestrator.ts';
import type { Publication } from '../stream/publication.ts';
import { VIDEO_TRACK, video } from '../stream/test-support.ts';
import type { CodedPicture } from './coded-picture.ts';
import type { SnapshotRequest } from './snapshot.ts';
import { SnapshotOrchestrator } from './snapshot-orchestrator.ts';

const REQUEST: SnapshotRequest = {
  mode: 'auto',
  format: 'jpeg',
  quality: 80,
  maxAge: 0,
  allowStale: false,
};
const TIMEOUT = 100;

describe('SnapshotOrchestrator', () => {
  let orchestrator: StreamOrchestrator;
  let snapshots: SnapshotOrchestrator;
  let publication: Publication;
  let decoded: CodedPicture[];
  let fault: FluxError | undefined;

  beforeEach(async () => {
    decoded = [];
    fault = undefined;
    orchestrator = new StreamOrchestrator({
      stream: { gop: { maxBytes: 1_000_000, maxSeconds: 20 }, discoverySeconds: 1 },
      flush: { minInterval: 20, maxInterval: 60 },
      turns: { minInterval: 20, maxInterval: 40, maxUnwatchedInterval: 80 },
      maxStreams: 100,
      takeover: false,
      publisherGrace: 1000,
      openTimeout: TIMEOUT,
    });
    const decode = async (picture: CodedPicture) => {
      await new Promise(resolve => setTimeout(resolve, 5));
      if (fault) throw fault;
      decoded.push(picture);
      // The units are text between what the test support makes of lengths.
      return { data: Buffer.from(`picture ${decoded.length}`), width: 640, height: 360 };
    };
    snapshots = new SnapshotOrchestrator({
      orchestrator,
      decoder: { decode },
      keyframeTimeout: TIMEOUT,
      cacheBytes: 1000,
    });
    publication = await orchestrator.registerStream('cam1', {
      protocol: 'test',
      peer: 'here',
      close: () => {},
    });
    publication.expect({ video: true, audio: false });
    publication.setTrack(VIDEO_TRACK);
  });

  afterEach(() => {
    snapshots.close();
    orchestrator.close();
  });

  const write = (seconds: number, key: boolean) =>
    publication.write(video(seconds, key, `\0\0\0\x04${key ? 'key ' : 'next'}`));

  it('decodes once for all who ask for the same, and not again while there is nothing newer', async () => {
    write(0, true);
    write(1, false);
    const many = await Promise.all(
      Array.from({ length: 50 }, () => snapshots.snapshot('cam1', { ...REQUEST, mode: 'keyframe' })),
    );
    expect(new Set(many.map(({ data }) => data.toString()))).toEqual(new Set(['picture 1']));
    expect(await snapshots.snapshot('cam1', { ...REQUEST, mode: 'keyframe' })).toMatchObject({
      path: 'keyframe',
    });
    expect(decoded).toHaveLength(1);
    expect(decoded[0]?.units).toHaveLength(1);
    const newest = await snapshots.snapshot('cam1', { ...REQUEST, mode: 'decode' });
    expect(newest.path).toBe('decode');
    expect(decoded[1]?.units).toHaveLength(2);
    expect(newest.takenAt - many[0]!.takenAt).toBe(1000);
    await snapshots.snapshot('cam1', { ...REQUEST, width: 320 });
    expect(decoded).toHaveLength(3);
  });

  it('gives from the cache only what is young enough', async () => {
    write(0, true);
    await snapshots.snapshot('cam1', REQUEST);
    write(0.5, true);
    expect(await snapshots.snapshot('cam1', { ...REQUEST, maxAge: 10 })).toMatchObject({ path: 'cache' });
    expect(decoded).toHaveLength(1);
    expect(await snapshots.snapshot('cam1', REQUEST)).toMatchObject({ path: 'keyframe' });
    expect(decoded).toHaveLength(2);
  });

  it('waits for a key frame, and says so when none comes', async () => {
    write(0, true);
    publication.setTrack({ ...VIDEO_TRACK, version: 2 });
    const waiting = snapshots.snapshot('cam1', { ...REQUEST, mode: 'keyframe' });
    await new Promise(resolve => setTimeout(resolve, 10));
    write(1, true);
    expect(await waiting).toMatchObject({ path: 'keyframe' });
    publication.setTrack({ ...VIDEO_TRACK, version: 3 });
    await expect(snapshots.snapshot('cam1', { ...REQUEST, mode: 'keyframe' })).rejects.toMatchObject({
      code: 'STREAM_NOT_READY',
    });
  });

  it('gives an older picture as such where the mode or the caller allows it, never else', async () => {
    write(0, true);
    await snapshots.snapshot('cam1', REQUEST);
    write(1, true);
    fault = new FluxError('PICTURE_UNDECODABLE', 'No.');
    await expect(snapshots.snapshot('cam1', { ...REQUEST, mode: 'keyframe' })).rejects.toBe(fault);
    await expect(snapshots.snapshot('cam1', REQUEST)).rejects.toBe(fault);
    fault = undefined;
    const decodes = decoded.length;
    publication.setTrack({ ...VIDEO_TRACK, version: 2 });
    const last = await snapshots.snapshot('cam1', REQUEST);
    expect(last).toMatchObject({ path: 'last', reason: 'STREAM_NOT_READY' });
    expect(decoded).toHaveLength(decodes + 1);
    fault = new FluxError('SNAPSHOT_BUSY', 'Later.');
    write(2, true);
    await expect(snapshots.snapshot('cam1', { ...REQUEST, allowStale: true })).rejects.toBe(fault);
  });

  it('knows what a stream looked like that ended, for those who take that', async () => {
    write(0, true);
    publication.close({ code: 'unpublished', message: 'Bye.' });
    await expect(snapshots.snapshot('cam1', REQUEST)).rejects.toMatchObject({ code: 'STREAM_NOT_FOUND' });
    expect(await snapshots.snapshot('cam1', { ...REQUEST, allowStale: true })).toMatchObject({
      path: 'last',
      reason: 'STREAM_NOT_FOUND',
    });
  });
});
