import { type FileHandle, mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { AUDIO_TRACKS, framePayload, VIDEO_TRACKS } from '@flux-iot/media/format/flv/test-support';
import { muxMovie } from '@flux-iot/media/format/fmp4/test-support';
import { AudioSample, VideoSample } from '@flux-iot/media/model/sample';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FileStorage } from '../storage/file-storage.ts';
import { exportRange } from './export.ts';
import { bootId, formatManifest, type Manifest, type Writer } from './manifest.ts';
import { RecordedFiles } from './recorded-file.ts';
import { manifestKey, openKey, type Recording } from './recording.ts';
import { RecordingFile } from './recording-file.ts';
import { repairRecordings } from './repair.ts';
import { vodPlaylist } from './vod-playlist.ts';

const TICKS = 90_000;
const KEY = 'recordings/cam1/2025-01-31/120000-1a2b3c4d.mp4';
const STARTED = Date.parse('2025-01-31T12:00:00Z');
const PATH_PARTS = KEY.split('/');

const RECORDING: Recording = {
  id: '1a2b3c4d',
  streamId: 'cam1',
  session: 's1',
  format: 'fmp4',
  key: KEY,
  state: 'recording',
  startedAt: STARTED,
  endedAt: STARTED,
  startTime: 10,
  endTime: 10,
  size: 0,
  tracks: [],
  gaps: [],
};

/** A second a fragment, with two pictures and a sound in each. */
function movie(seconds: number): Buffer {
  const samples = Array.from({ length: seconds }, (_, second) => {
    const ticks = (10 + second) * TICKS;
    return [
      VideoSample.fromData(1, ticks, ticks, true, framePayload('h264', true, 60)),
      VideoSample.fromData(1, ticks + 45_000, ticks + 45_000, false, framePayload('h264', false, 40)),
      new AudioSample(2, ticks + 100, Buffer.alloc(20, 7)),
    ];
  }).flat();
  return muxMovie([VIDEO_TRACKS.h264, AUDIO_TRACKS.aac], samples);
}

let folder: string;
let storage: FileStorage;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flux-tail-'));
  storage = new FileStorage({ root: folder });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const DEAD: Writer = { host: hostname(), pid: 2 ** 22 };

/** What is made of a file that a crash left like this; undefined where it is deleted. */
async function repaired(left: Buffer, writer: Writer = DEAD): Promise<Manifest | undefined> {
  const path = join(folder, ...PATH_PARTS);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, left);
  const open: Manifest = { version: 1, recording: RECORDING, fragments: [], headSize: 0, writer };
  await writeFile(join(folder, ...openKey(KEY).split('/')), formatManifest(open));
  for await (const { manifest } of repairRecordings(storage, new Set())) return manifest;
  return undefined;
}

/** Times of what is in a finished file: that it is listed, and can be read to its end, by HLS and as one file. */
async function play(manifest: Manifest): Promise<number> {
  await writeFile(join(folder, ...manifestKey(KEY).split('/')), formatManifest(manifest));
  const file = await new RecordedFiles(storage).open(manifest.recording);
  const { startedAt, endedAt, size } = manifest.recording;
  expect((await readFile(join(folder, ...PATH_PARTS))).length).toBe(size);
  expect(vodPlaylist([file!], startedAt, endedAt, (_, name) => name)).toContain('#EXT-X-ENDLIST');
  const { byteLength, stream } = await exportRange(storage, [file!], startedAt, endedAt + 1);
  let bytes = 0;
  for await (const part of stream) bytes += (part as Buffer).length;
  expect(bytes).toBe(byteLength);
  return (endedAt - startedAt) / 1000;
}

describe('what a power cut leaves', () => {
  it('loses the last fragment at most, wherever in it the bytes end or are not what they were', async () => {
    const whole = movie(3);
    const { fragments } = (await repaired(whole))!;
    expect(fragments.length).toBe(3);
    const { offset } = fragments[2]!;
    const first = fragments.slice(0, 2);
    for (let at = offset; at < whole.length; at++) {
      const cut = await repaired(whole.subarray(0, at));
      expect(cut?.fragments, `cut off at ${at}`).toEqual(first);
      const wrong = Buffer.from(whole);
      wrong[at] = ~wrong[at]! & 0xff;
      const manifest = await repaired(wrong);
      expect(manifest?.fragments.slice(0, 2), `wrong at ${at}`).toEqual(first);
      if (at % 8 === 0) expect(await play(manifest!), `wrong at ${at}`).toBeGreaterThan(1.9);
      if (at % 8 === 1) {
        const zeros = Buffer.concat([whole.subarray(0, at), Buffer.alloc(whole.length - at)]);
        expect((await repaired(zeros))?.fragments.slice(0, 2), `zeros from ${at}`).toEqual(first);
      }
    }
  }, 30_000);

  it('with the first fragment gone is nothing', async () => {
    const whole = movie(1);
    const { fragments } = (await repaired(whole))!;
    for (const at of [1, 20, fragments[0]!.offset, fragments[0]!.offset + 10, whole.length - 1])
      expect(await repaired(whole.subarray(0, at))).toBeUndefined();
  });

  it('is not taken for what another process writes, whose number that process had before', async () => {
    const running = { host: hostname(), pid: process.ppid };
    expect(await repaired(movie(2), running)).toBeUndefined();
    expect(await repaired(movie(2), { ...running, boot: bootId() ?? '' })).toBeUndefined();
    expect(await repaired(movie(2), { ...running, boot: 'another start' })).toMatchObject({
      recording: { endReason: 'crashed' },
    });
  });
});

it('each batch is on the disk before the next is written', async () => {
  const probe = await open(join(folder, 'probe'), 'w');
  const methods = Object.getPrototypeOf(probe) as FileHandle;
  await probe.close();
  const done: string[] = [];
  const { writev, datasync } = methods;
  vi.spyOn(methods, 'writev').mockImplementation(function (this: FileHandle, ...args) {
    done.push('written');
    return writev.apply(this, args);
  });
  vi.spyOn(methods, 'datasync').mockImplementation(function (this: FileHandle) {
    done.push('on the disk');
    return datasync.apply(this);
  });
  try {
    const file = new RecordingFile(join(folder, 'new', 'file.mp4'), true, cause => {
      throw cause;
    });
    file.append([Buffer.from('one')], 3);
    await vi.waitFor(() => expect(done).toEqual(['written', 'on the disk']));
    file.append([Buffer.from('two')], 3);
    await vi.waitFor(() => expect(done.length).toBe(4));
    expect(done.slice(2)).toEqual(['written', 'on the disk']);
    expect(await file.close()).toMatchObject({ size: 6 });
  } finally {
    vi.restoreAllMocks();
  }
});
