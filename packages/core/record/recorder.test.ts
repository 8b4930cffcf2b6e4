import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AUDIO_TRACKS, framePayload, VIDEO_TRACKS } from '@flux-iot/media/format/flv/test-support';
import { readMovie } from '@flux-iot/media/format/fmp4/test-support';
import { AudioSample, VideoSample } from '@flux-iot/media/model/sample';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FluxError } from '../errors/flux-error.ts';
import { FileStorage } from '../storage/file-storage.ts';
import { FlushScheduler } from '../stream/flush-scheduler.ts';
import { Stream } from '../stream/stream.ts';
import { ManifestChain } from './chain.ts';
import { formatManifest, isSigned, type Manifest } from './manifest.ts';
import { Recorder, type RecorderOptions } from './recorder.ts';
import { manifestKey, openKey } from './recording.ts';
import { repairRecordings } from './repair.ts';
import { verifyRecordings } from './verify.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flux-recorder-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const TICKS = 90_000;

function picture(seconds: number, key: boolean, size = 200): VideoSample {
  const ticks = Math.round(seconds * TICKS);
  return VideoSample.fromData(1, ticks, ticks + 3600, key, framePayload('h264', key, size));
}

function sound(seconds: number): AudioSample {
  return new AudioSample(2, Math.round(seconds * TICKS), Buffer.alloc(30, 7));
}

/** A live stream, a recorder on it, and what the recorder said. */
class Session {
  readonly stream: Stream;
  readonly recorder: Recorder;
  readonly started: Manifest[] = [];
  readonly finished: { manifest: Manifest; sha256: string }[] = [];
  readonly alarms: string[] = [];
  readonly #scheduler = new FlushScheduler({ minInterval: 20, maxInterval: 60 });

  constructor(options: Partial<RecorderOptions> = {}) {
    const limits = { gop: { maxBytes: 1_000_000, maxSeconds: 20 }, discoverySeconds: 1 };
    this.stream = new Stream('cam1', this.#scheduler, limits);
    this.stream.begin();
    this.stream.expect({ video: true, audio: true });
    this.stream.setTrack(VIDEO_TRACKS.h264);
    this.stream.setTrack(AUDIO_TRACKS.aac);
    this.recorder = new Recorder({
      stream: this.stream,
      format: 'fmp4',
      maxSeconds: 3600,
      maxBytes: 1e9,
      maxQueuedBytes: 16_000_000,
      isDurable: false,
      origin: 'request',
      pathOf: key => join(folder, key),
      obstacle: () => undefined,
      onStarted: manifest => this.started.push(manifest),
      onFinished: (manifest, sha256) => this.finished.push({ manifest, sha256 }),
      onAlarm: error => this.alarms.push(error.code),
      ...options,
    });
    this.stream.addSink(this.recorder);
  }

  /** Pictures of 25 a second with a key frame every second, and sound. */
  send(from: number, to: number, size?: number): void {
    for (let frame = from * 25; frame < to * 25; frame++) {
      this.stream.write(picture(frame / 25, frame % 25 === 0, size));
      this.stream.write(sound(frame / 25 + 0.01));
    }
  }

  async stop(reason = 'stopped'): Promise<void> {
    await this.recorder.stop(reason);
    this.#scheduler.close();
  }

  /** Every file's samples of the picture, in the order of the files, as seconds of the stream. */
  async pictures(): Promise<number[][]> {
    return Promise.all(
      this.finished.map(async ({ manifest: { recording } }) => {
        const movie = readMovie(await readFile(join(folder, recording.key)));
        const track = movie.tracks.find(({ kind }) => kind === 'video');
        const list = movie.samples.get(track?.id ?? 0) ?? [];
        const shift = recording.startTime - (list[0]?.dts ?? 0) / TICKS;
        return list.map(({ dts }) => Math.round((dts / TICKS + shift) * 25));
      }),
    );
  }
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

describe('Recorder', () => {
  it('rotates at key frames, and loses nothing between the files', async () => {
    const session = new Session({ maxSeconds: 2 });
    session.send(0, 5);
    await session.stop();
    expect(await session.pictures()).toEqual([range(0, 50), range(50, 100), range(100, 125)]);
    const recordings = session.finished.map(({ manifest }) => manifest.recording);
    expect(recordings.map(({ endReason }) => endReason)).toEqual(['rotated', 'rotated', 'stopped']);
    for (const [index, { startTime, endTime }] of recordings.entries()) {
      expect(startTime).toBe(index * 2);
      // Its last sound ends a little after its last picture.
      expect(endTime - startTime).toBeCloseTo([2, 2, 1][index]!, 1);
    }
    let sounds = 0;
    for (const { key } of recordings) {
      const { tracks, samples } = readMovie(await readFile(join(folder, key)));
      sounds += samples.get(tracks.find(({ kind }) => kind === 'audio')?.id ?? 0)?.length ?? 0;
    }
    expect(sounds).toBe(125);
  });

  it('ends a file by its bytes', async () => {
    const session = new Session({ maxBytes: 100_000 });
    session.send(0, 4, 3000);
    await session.stop();
    expect(session.finished.length).toBe(2);
    expect((await session.pictures()).flat()).toEqual(range(0, 100));
  });

  it('leaves fragments out while the disk is behind, up to a key frame, and notes it', async () => {
    // Nothing is written before the turn is over: all of it waits.
    const session = new Session({ maxQueuedBytes: 20_000 });
    session.send(0, 4);
    await new Promise(resolve => setTimeout(resolve, 100));
    session.send(4, 6);
    await session.stop();
    const [file] = await session.pictures();
    const recording = session.finished[0]?.manifest.recording;
    expect(recording?.gaps).toMatchObject([{ reason: 'the disk was too slow' }]);
    const { from = 0, to = 0 } = recording?.gaps[0] ?? {};
    const missing = range(0, 150).filter(frame => !file?.includes(frame));
    expect(missing.length).toBeGreaterThan(0);
    expect(missing).toEqual(range(missing[0]!, missing.at(-1)! + 1));
    expect((to - from) / 40).toBeCloseTo(missing.length, -1);
    // What follows the hole can be decoded.
    expect((missing.at(-1)! + 1) % 25).toBe(0);
  });

  it('says what keeps a file from being written, and does not harm the stream', async () => {
    await writeFile(join(folder, 'recordings'), 'a file where a folder should be');
    const session = new Session();
    session.send(0, 2);
    await new Promise(resolve => setTimeout(resolve, 100));
    session.send(2, 4);
    expect(session.alarms).toEqual(['STORAGE_FAILED']);
    expect(session.recorder.active).toMatchObject({
      state: 'waiting',
      lastError: expect.stringContaining('written'),
    });
    expect(session.stream.state).toBe('live');
    await session.stop();
  });

  it('ends the file whole where the disk is full', async ({ skip }) => {
    const disk = join(folder, 'disk');
    await mkdir(disk);
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=300k', 'tmpfs', disk]).status !== 0)
      skip('needs to mount');
    try {
      const session = new Session({ pathOf: key => join(disk, key) });
      for (let second = 0; second < 6; second++) {
        session.send(second, second + 1, 4000);
        await new Promise(resolve => setTimeout(resolve, 30));
      }
      expect(session.alarms).toEqual(['STORAGE_FULL']);
      expect(session.stream.state).toBe('live');
      await session.stop();
      const { recording, fragments } = session.finished[0]!.manifest;
      expect(recording.endReason).toBe('storage-failed');
      const file = await readFile(join(disk, recording.key));
      expect(file.length).toBe(recording.size);
      expect(readMovie(file).fragments).toBe(fragments.length);
      expect(fragments.length).toBeGreaterThan(0);
    } finally {
      spawnSync('umount', [disk]);
    }
  });

  it('waits for room', async () => {
    const session = new Session({ obstacle: () => new FluxError('STORAGE_FULL', 'There is no room.') });
    session.send(0, 2);
    expect(session.recorder.active).toMatchObject({ state: 'waiting', lastError: 'There is no room.' });
    await session.stop();
    expect(session.finished).toEqual([]);
  });

  it('begins another file where the publisher comes back or its tracks change', async () => {
    const session = new Session();
    session.send(0, 2);
    session.stream.begin();
    session.stream.expect({ video: true, audio: true });
    session.stream.setTrack({ ...VIDEO_TRACKS.h264, version: 2, width: 320 });
    session.stream.setTrack(AUDIO_TRACKS.aac);
    session.send(10, 11);
    await session.stop();
    const recordings = session.finished.map(({ manifest }) => manifest.recording);
    expect(recordings.map(({ endReason }) => endReason)).toEqual(['interrupted', 'stopped']);
    expect(recordings[0]?.session).not.toBe(recordings[1]?.session);
    expect(recordings[1]?.tracks[0]?.width).toBe(320);
    expect(await session.pictures()).toEqual([range(0, 50), range(250, 275)]);
  });
});

describe('manifests', () => {
  async function recorded(): Promise<{ storage: FileStorage; manifests: Manifest[] }> {
    const session = new Session({ maxSeconds: 1 });
    session.send(0, 3);
    await session.stop();
    const storage = new FileStorage({ root: folder });
    const chain = new ManifestChain(join(folder, 'state'));
    const manifests = [];
    for (const { manifest, sha256 } of session.finished) {
      const sealed = await chain.seal(manifest, sha256);
      await storage.put(manifestKey(manifest.recording.key), formatManifest(sealed));
      manifests.push(sealed);
    }
    return { storage, manifests };
  }

  async function faults(storage: FileStorage): Promise<(readonly string[])[]> {
    const found = [];
    for await (const verdict of verifyRecordings(storage)) found.push(verdict.faults);
    return found;
  }

  it('are signed one after the other, and again after a restart', async () => {
    const { storage, manifests } = await recorded();
    expect(manifests.map(({ proof }) => proof?.number)).toEqual([1, 2, 3]);
    expect(manifests.every(isSigned)).toBe(true);
    expect(await faults(storage)).toEqual([[], [], []]);
    const again = new ManifestChain(join(folder, 'state'));
    const next = await again.seal(manifests[0]!, 'x');
    expect(next.proof?.number).toBe(4);
    expect(next.proof?.publicKey).toBe(manifests[0]?.proof?.publicKey);
  });

  it('show content that was altered, words that were altered, and files that were taken out', async () => {
    const { storage, manifests } = await recorded();
    const [first, second] = manifests.map(({ recording }) => recording.key);
    const content = await readFile(join(folder, first!));
    content[500]! ^= 1;
    await writeFile(join(folder, first!), content);
    expect(await faults(storage)).toEqual([['its content was altered'], [], []]);
    await storage.delete(second!);
    await storage.delete(manifestKey(second!));
    expect(await faults(storage)).toEqual([['its content was altered'], ['1 before it were taken out']]);
    const altered = { ...manifests[2]!, recording: { ...manifests[2]!.recording, startedAt: 0 } };
    expect(isSigned(altered)).toBe(false);
  });
});

describe('repair', () => {
  it('cuts off what is no whole fragment, and leaves alone what others write', async () => {
    const session = new Session();
    session.send(0, 5);
    await session.stop();
    const { manifest } = session.finished[0]!;
    const { key, size } = manifest.recording;
    const whole = await readFile(join(folder, key));
    const cutAt = size - 1000;
    await writeFile(join(folder, key), whole.subarray(0, cutAt));
    const storage = new FileStorage({ root: folder });
    const open = { ...session.started[0]!, writer: { host: 'elsewhere', pid: 1 } };
    await storage.put(openKey(key), formatManifest(open));
    const repaired = async () => {
      const all = [];
      for await (const file of repairRecordings(storage, new Set())) all.push(file);
      return all;
    };
    expect(await repaired()).toEqual([]);
    const { hostname } = await import('node:os');
    await storage.put(openKey(key), formatManifest({ ...open, writer: { host: hostname(), pid: 2 ** 22 } }));
    const [file] = await repaired();
    expect(file?.manifest.recording).toMatchObject({ state: 'finished', endReason: 'crashed' });
    expect(file?.manifest.fragments).toEqual(
      manifest.fragments
        .filter(fragment => fragment.offset + fragment.size <= cutAt)
        .map(({ start, end, ...rest }) => ({
          ...rest,
          start: expect.closeTo(start, 4),
          end: expect.closeTo(end, 4),
        })),
    );
    const left = await readFile(join(folder, key));
    expect(left).toEqual(whole.subarray(0, left.length));
    expect(left.length).toBe(file?.manifest.recording.size);
    expect((await readdir(join(folder, key, '..'))).length).toBe(1);
    expect(await repaired()).toEqual([]);
  });
});
