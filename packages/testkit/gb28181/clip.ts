import { spawn } from 'node:child_process';
import { FluxError } from '@flux-iot/core/errors/flux-error';

/** One pack of a program stream, and when it is to leave: ticks of 90 kHz since the clip's beginning. */
export interface ClipPack {
  readonly time: number;
  readonly data: Buffer;
}

/** A program stream that is sent over and over. */
export interface Clip {
  readonly packs: readonly ClipPack[];
  /** Ticks of 90 kHz. */
  readonly duration: number;
}

const PACK_START = Buffer.from([0, 0, 1, 0xba]);
/** Without stuffing. */
const PACK_HEADER_SIZE = 14;
const MAX_BYTES = 256 * 1024 * 1024;

/**
 * Makes a clip of whatever FFmpeg reads, with the pictures as they are and the sound as MP3, which is what FFmpeg's
 * program streams can hold of what is played. Throws `STORAGE_FAILED` where FFmpeg is not there or does not like the file.
 */
export async function loadClip(file: string): Promise<Clip> {
  const input = ['-v', 'error', '-i', file];
  const sound = ['-c:a', 'libmp3lame', '-ar', '48000'];
  let failure: unknown;
  for (const codec of ['h264', 'hevc']) {
    // Files of MP4 have NAL units with lengths; its program stream muxer would write them as they are.
    const picture = ['-c:v', 'copy', '-bsf:v', `${codec}_mp4toannexb`];
    try {
      return clipOf(await ffmpeg([...input, ...picture, ...sound, '-f', 'vob', 'pipe:1']));
    } catch (cause) {
      failure ??= cause;
    }
  }
  throw failure;
}

/** A moving test picture for who has no file: two seconds with a key frame each second. */
export async function testClip(): Promise<Clip> {
  const input = ['-f', 'lavfi', '-i', 'testsrc2=size=640x360:rate=25:duration=4'];
  const codec = [
    '-c:v',
    'libx264',
    '-preset',
    'veryfast',
    '-profile:v',
    'main',
    '-bf',
    '0',
    '-g',
    '25',
    '-b:v',
    '600k',
  ];
  return clipOf(
    await ffmpeg(['-v', 'error', ...input, ...codec, '-pix_fmt', 'yuv420p', '-f', 'vob', 'pipe:1']),
  );
}

/** Takes a program stream apart at its packs (ISO/IEC 13818-1 §2.5.3.3). */
export function clipOf(stream: Buffer): Clip {
  const packs: ClipPack[] = [];
  let first: number | undefined;
  let at = findPack(stream, 0);
  while (at !== -1) {
    const next = findPack(stream, at + PACK_START.length);
    const data = stream.subarray(at, next === -1 ? stream.length : next);
    const reference = data.length >= 14 ? clockReference(data) : (first ?? 0);
    first ??= reference;
    packs.push({ time: Math.max(0, reference - first), data });
    at = next;
  }
  const last = packs.at(-1);
  if (!last) throw new FluxError('REQUEST_INVALID', 'There is no program stream in it.');
  const gap = packs.length > 1 ? last.time / (packs.length - 1) : 3600;
  return { packs, duration: last.time + Math.round(gap) };
}

/** Sound may hold what looks like the start of a pack: a real one has its marker bits, and a start code behind it. */
function findPack(stream: Buffer, from: number): number {
  let at = stream.indexOf(PACK_START, from);
  while (at !== -1 && !isPack(stream, at)) at = stream.indexOf(PACK_START, at + PACK_START.length);
  return at;
}

/** §2.5.3.3: markers between the bits of the clock and of the rate, and up to seven bytes of stuffing. */
function isPack(stream: Buffer, at: number): boolean {
  const byte = (index: number) => stream[at + index] ?? 0;
  const hasMarkers =
    (byte(4) & 0xc4) === 0x44 &&
    (byte(6) & 0x04) !== 0 &&
    (byte(8) & 0x04) !== 0 &&
    (byte(9) & 0x01) !== 0 &&
    (byte(12) & 0x03) === 0x03;
  const end = at + PACK_HEADER_SIZE + (byte(13) & 0x07);
  return (
    hasMarkers && (end >= stream.length || stream.readUIntBE(end, Math.min(3, stream.length - end)) === 1)
  );
}

/** §2.5.3.4: 33 bits with marker bits between them; the extension of 27 MHz is left out. */
function clockReference(pack: Buffer): number {
  const high = (pack[4]! >> 3) & 0x07;
  const middle = ((pack[4]! & 0x03) << 13) | (pack[5]! << 5) | (pack[6]! >> 3);
  const low = ((pack[6]! & 0x03) << 13) | (pack[7]! << 5) | (pack[8]! >> 3);
  return high * 2 ** 30 + middle * 2 ** 15 + low;
}

function ffmpeg(args: readonly string[]): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn('ffmpeg', ['-nostdin', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    const pieces: Buffer[] = [];
    let size = 0;
    let said = '';
    child.stdout.on('data', (data: Buffer) => {
      size += data.length;
      if (size > MAX_BYTES) child.kill();
      else pieces.push(data);
    });
    child.stderr.on('data', (data: Buffer) => {
      said = (said + data.toString()).slice(-1000);
    });
    child.on('error', cause =>
      reject(new FluxError('STORAGE_FAILED', `ffmpeg cannot be run: ${cause.message}`)),
    );
    child.on('close', code => {
      if (code === 0) resolve(Buffer.concat(pieces));
      else reject(new FluxError('STORAGE_FAILED', `ffmpeg ended with ${code ?? 'a signal'}: ${said.trim()}`));
    });
  });
}
