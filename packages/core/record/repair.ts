import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { FileStorage } from '../storage/file-storage.ts';
import { bootId, type FragmentEntry, type Manifest, parseManifest } from './manifest.ts';
import { driverStart, fragmentTimes, type ReadBytes, scanFragments, scanHead } from './movie-scan.ts';
import { OPEN_SUFFIX, RECORDINGS_PREFIX, type Recording } from './recording.ts';
import { soundFragments } from './tail.ts';

const REPAIR_SUFFIX = '.repair';
/** Milliseconds after which a repair that somebody began is taken for abandoned. */
const ABANDONED = 60_000;
const TS_PACKET_SIZE = 188;

export interface RepairedFile {
  readonly manifest: Manifest;
  readonly sha256: string;
}

/**
 * Finishes the files that a crash or a power cut left behind in this folder: what is after the last sound fragment is
 * cut off. Files
 * of other machines, and of processes that run, are left alone. `own`: keys that this process is writing.
 */
export async function* repairRecordings(
  storage: FileStorage,
  own: ReadonlySet<string>,
): AsyncGenerator<RepairedFile> {
  for await (const { key, modifiedAt } of storage.list(RECORDINGS_PREFIX)) {
    const isAbandoned = key.endsWith(REPAIR_SUFFIX) && Date.now() - modifiedAt > ABANDONED;
    if (!key.endsWith(OPEN_SUFFIX) && !isAbandoned) continue;
    const data = await storage.get(key);
    if (!data) continue;
    const manifest = readManifest(data, key);
    if (!manifest || own.has(manifest.recording.key) || isBeingWritten(manifest)) continue;
    const path = storage.pathOf(key);
    const claimed = storage.pathOf(manifest.recording.key) + REPAIR_SUFFIX;
    try {
      // Of several that see it, one alone can rename it.
      if (!isAbandoned) await rename(path, claimed);
    } catch {
      continue;
    }
    const repaired = await repair(storage.pathOf(manifest.recording.key), manifest);
    if (repaired) yield repaired;
    await rm(claimed, { force: true });
  }
}

function readManifest(data: Buffer, key: string): Manifest | undefined {
  try {
    return parseManifest(data, key);
  } catch {
    return undefined;
  }
}

function isBeingWritten({ writer }: Manifest): boolean {
  if (!writer) return false;
  if (writer.host !== hostname()) return true;
  // Process ids begin anew with every start of the machine.
  if (writer.boot !== undefined && writer.boot !== bootId()) return false;
  if (writer.pid === process.pid) return false;
  try {
    process.kill(writer.pid, 0);
    return true;
  } catch (cause) {
    return cause instanceof Error && 'code' in cause && cause.code === 'EPERM';
  }
}

/** Undefined where nothing of the file can be used, which is deleted then. */
async function repair(path: string, manifest: Manifest): Promise<RepairedFile | undefined> {
  const size = await stat(path).then(
    found => found.size,
    () => 0,
  );
  const found = await usable(path, size, manifest.recording);
  if (!found) {
    await rm(path, { force: true });
    return undefined;
  }
  if (found.size < size) {
    await using handle = await open(path, 'r+');
    await handle.truncate(found.size);
    await handle.datasync();
  }
  const { recording } = manifest;
  const seconds = found.endTime - recording.startTime;
  return {
    manifest: {
      version: 1,
      recording: {
        ...recording,
        state: 'finished',
        endTime: found.endTime,
        endedAt: Math.round(recording.startedAt + seconds * 1000),
        size: found.size,
        endReason: 'crashed',
      },
      fragments: found.fragments,
      headSize: found.headSize,
    },
    sha256: await hashOf(path),
  };
}

interface Usable {
  readonly size: number;
  readonly endTime: number;
  readonly headSize: number;
  readonly fragments: readonly FragmentEntry[];
}

async function usable(path: string, size: number, recording: Recording): Promise<Usable | undefined> {
  if (size === 0) return undefined;
  if (recording.format !== 'fmp4') {
    // Readers of both formats go on to the end; how long it is nobody wrote down.
    const whole = recording.format === 'ts' ? size - (size % TS_PACKET_SIZE) : size;
    const { mtimeMs } = await stat(path);
    const endTime = recording.startTime + Math.max(0, (mtimeMs - recording.startedAt) / 1000);
    return whole === 0 ? undefined : { size: whole, endTime, headSize: 0, fragments: [] };
  }
  await using handle = await open(path);
  const read: ReadBytes = async (start, end) => {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(end - start), 0, end - start, start);
    return buffer.subarray(0, bytesRead);
  };
  const head = await scanHead(read).catch(() => undefined);
  if (!head) return undefined;
  const fragments: FragmentEntry[] = [];
  let shift: number | undefined;
  for await (const fragment of scanFragments(read, head, size)) {
    shift ??= recording.startTime - driverStart(fragment, head.tracks);
    const { start, end, key } = fragmentTimes(fragment, head.tracks);
    const { offset, size: fragmentSize } = fragment;
    fragments.push({ offset, size: fragmentSize, start: start + shift, end: end + shift, key });
  }
  const sound = fragments.slice(0, await soundFragments(read, head, fragments));
  const last = sound.at(-1);
  if (!last) return undefined;
  return { size: last.offset + last.size, endTime: last.end, headSize: head.size, fragments: sound };
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of createReadStream(path)) hash.update(part);
  return hash.digest('hex');
}
