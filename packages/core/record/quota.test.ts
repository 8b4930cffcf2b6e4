import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { framePayload, VIDEO_TRACKS } from '@flux-iot/media/format/flv/test-support';
import { VideoSample } from '@flux-iot/media/model/sample';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FluxError } from '../errors/flux-error.ts';
import { StreamOrchestrator } from '../orchestrator/stream-orchestrator.ts';
import { FileStorage } from '../storage/file-storage.ts';
import type { Publication } from '../stream/publication.ts';
import { ManifestChain } from './chain.ts';
import type { RecordingEvent } from './recording.ts';
import { RecordingService } from './recording-service.ts';

describe('recording without room of the tenant’s own', () => {
  let folder: string;
  let orchestrator: StreamOrchestrator;
  let service: RecordingService;
  let events: RecordingEvent[];
  let quota: FluxError | undefined;
  let publication: Publication;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'flux-quota-'));
    events = [];
    quota = undefined;
    orchestrator = new StreamOrchestrator({
      stream: { gop: { maxBytes: 1_000_000, maxSeconds: 20 }, discoverySeconds: 1 },
      flush: { minInterval: 20, maxInterval: 60 },
      turns: { minInterval: 20, maxInterval: 40, maxUnwatchedInterval: 80 },
      maxStreams: 10,
      takeover: false,
      publisherGrace: 1000,
      openTimeout: 500,
    });
    // Its looks are made to come at once.
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    service = new RecordingService({
      orchestrator,
      storage: new FileStorage({ root: folder }),
      folder,
      chain: new ManifestChain(join(folder, 'state')),
      rules: [{ streams: ['ruled'] }],
      defaults: { format: 'fmp4', maxSeconds: 3600, maxBytes: 1e9 },
      maxQueuedBytes: 1e7,
      isDurable: false,
      minFreeBytes: 0,
      quota: () => quota,
      onEvent: event => events.push(event),
    });
    await service.start();
    publication = await publish('cam1');
  });
  afterEach(async () => {
    vi.useRealTimers();
    await service.close();
    orchestrator.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function publish(streamId: string): Promise<Publication> {
    const made = await orchestrator.registerStream(streamId, { protocol: 't', peer: 'p', close: () => {} });
    made.expect({ video: true, audio: false });
    made.setTrack(VIDEO_TRACKS.h264);
    return made;
  }

  function send(to: Publication, from: number, until: number): void {
    for (let frame = from * 25; frame < until * 25; frame++) {
      const isKey = frame % 25 === 0;
      to.write(VideoSample.fromData(1, frame * 3600, frame * 3600, isKey, framePayload('h264', isKey, 100)));
    }
  }

  const full = () => new FluxError('TENANT_LIMIT', '1000 bytes of recordings are the most of this tenant.');
  const alarms = () => events.filter(({ kind }) => kind === 'alarm');

  it('stops with an alarm and a whole file, and the stream goes on', async () => {
    service.record('cam1', {});
    send(publication, 0, 3);
    expect(service.active[0]).toMatchObject({ state: 'recording' });
    quota = full();
    vi.advanceTimersByTime(5000);
    await expect.poll(alarms).toMatchObject([{ streamId: 'cam1', code: 'TENANT_LIMIT' }]);
    await expect
      .poll(() => events.find(({ kind }) => kind === 'finished'))
      .toMatchObject({ recording: { endReason: 'tenant-limit' } });
    send(publication, 3, 6);
    expect(service.active[0]).toMatchObject({ state: 'waiting', lastError: full().message });
    expect(orchestrator.getStreamStatus('cam1')?.state).toBe('live');
    const { history } = publication.stream;
    expect(history.entries).toContainEqual(
      expect.objectContaining({ step: 'recording-failed', detail: full().message }),
    );
    // Said once.
    expect(alarms()).toHaveLength(1);
  });

  it('is refused to whoever asks for it, and alarms where a rule does', async () => {
    quota = full();
    expect(() => service.record('cam1', {})).toThrow(expect.objectContaining({ code: 'TENANT_LIMIT' }));
    const ruled = await publish('ruled');
    send(ruled, 0, 3);
    expect(alarms()).toMatchObject([{ streamId: 'ruled', code: 'TENANT_LIMIT' }]);
    expect(events).toHaveLength(1);
  });
});
