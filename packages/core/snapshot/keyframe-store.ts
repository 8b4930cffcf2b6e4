import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { VideoCodec } from '@flux-iot/media/model/track';
import { FluxError } from '../errors/flux-error.ts';
import { isStreamId, type StreamId } from '../stream/stream-id.ts';
import type { CodedPicture } from './coded-picture.ts';

/** One key frame that is kept. */
export interface KeptKeyframe {
  readonly codec: VideoCodec;
  /** Milliseconds since 1970. */
  readonly takenAt: number;
  readonly file: string;
}

/** What programs know the coded frames by. AV1 is in the low-overhead format, VP9 a frame alone. */
const EXTENSIONS: Readonly<Record<VideoCodec, string>> = {
  h264: 'h264',
  h265: 'h265',
  av1: 'obu',
  vp9: 'vp9',
  mjpeg: 'jpg',
};
const CODECS = new Map(
  Object.entries(EXTENSIONS).map(([codec, extension]) => [extension, codec as VideoCodec]),
);
const NAME = /^(\d{13,15})\.(h264|h265|obu|vp9|jpg)$/;
const TEMPORARY = /^\.[0-9a-f-]{36}$/;
const MAX_FILE = 16 * 1024 * 1024;

/**
 * Key frames as files, `STREAM/MILLISECONDS.h264`, coded as they came: nothing is decoded to keep them, and programs
 * such as ffmpeg read them. The names say everything, so there is no index that could disagree with the folder.
 */
export class KeyframeStore {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  /** Throws `STORAGE_FAILED`. A reader sees all of a file or nothing. */
  async put(streamId: StreamId, { codec, takenAt, units }: CodedPicture): Promise<void> {
    const folder = join(this.#root, streamId);
    // A dot in front: no file of ours is called so.
    const temporary = join(folder, `.${randomUUID()}`);
    try {
      await mkdir(folder, { recursive: true });
      await writeFile(temporary, units[0] ?? Buffer.alloc(0));
      await rename(temporary, join(folder, `${takenAt}.${EXTENSIONS[codec]}`));
    } catch (cause) {
      await rm(temporary, { force: true }).catch(() => {});
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new FluxError('STORAGE_FAILED', `Could not keep a key frame of ${streamId}: ${reason}`, {
        cause,
      });
    }
  }

  /** Those of a stream, the newest first. */
  async list(streamId: StreamId): Promise<KeptKeyframe[]> {
    const names = await readdir(join(this.#root, streamId)).catch(() => []);
    return names
      .flatMap(name => {
        const [, time, extension = ''] = NAME.exec(name) ?? [];
        const codec = CODECS.get(extension);
        if (time === undefined || !codec) return [];
        return [{ codec, takenAt: Number(time), file: join(this.#root, streamId, name) }];
      })
      .sort((one, other) => other.takenAt - one.takenAt);
  }

  /** The newest of a stream that can be read. */
  async newest(streamId: StreamId): Promise<CodedPicture | undefined> {
    for (const { codec, takenAt, file } of await this.list(streamId)) {
      try {
        if ((await stat(file)).size > MAX_FILE) continue;
        return { codec, takenAt, units: [await readFile(file)], width: 0, height: 0 };
      } catch {
        // It may just have been deleted.
      }
    }
    return undefined;
  }

  /** Deletes what is older, of all streams, also what a killed process did not finish; the newest of a stream too. Returns how many. */
  async deleteBefore(time: number): Promise<number> {
    let deleted = 0;
    for (const streamId of await readdir(this.#root).catch(() => [])) {
      if (!isStreamId(streamId)) continue;
      for (const { takenAt, file } of await this.list(streamId)) {
        if (takenAt >= time) continue;
        await rm(file, { force: true });
        deleted++;
      }
      await this.#deleteRemains(streamId, time);
      // Stays where there is something in it.
      await rmdir(join(this.#root, streamId)).catch(() => {});
    }
    return deleted;
  }

  async #deleteRemains(streamId: StreamId, before: number): Promise<void> {
    const folder = join(this.#root, streamId);
    for (const name of await readdir(folder).catch(() => [])) {
      if (!TEMPORARY.test(name)) continue;
      const file = join(folder, name);
      const found = await stat(file).catch(() => undefined);
      if (found && found.mtimeMs < before) await rm(file, { force: true });
    }
  }
}
