import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, '.cache');
const SECONDS = 20;
const FRAME_RATE = 25;
const KILOBITS = 900;

/** The path of the FLV file that publishers send, made when first asked for. `gop`: seconds between key frames. */
export async function clip(gop: 2 | 4): Promise<string> {
  const path = join(FOLDER, `720p25-gop${gop}.flv`);
  if (existsSync(path)) return path;
  mkdirSync(FOLDER, { recursive: true });
  const temporary = join(FOLDER, `${process.pid}-gop${gop}.flv`);
  await encode(gop, temporary);
  renameSync(temporary, path);
  return path;
}

function encode(gop: number, path: string): Promise<void> {
  const rate = `${KILOBITS}k`;
  const frames = `${gop * FRAME_RATE}`;
  const args = [
    ...['-v', 'error', '-y', '-f', 'lavfi', '-i', `testsrc2=size=1280x720:rate=${FRAME_RATE}`],
    ...['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=44100', '-t', `${SECONDS}`],
    ...['-c:v', 'libx264', '-preset', 'veryfast', '-profile:v', 'main', '-pix_fmt', 'yuv420p', '-bf', '0'],
    ...['-g', frames, '-keyint_min', frames, '-sc_threshold', '0', '-nal-hrd', 'cbr'],
    ...['-b:v', rate, '-minrate', rate, '-maxrate', rate, '-bufsize', rate],
    ...['-c:a', 'aac', '-b:a', '64k', '-flvflags', 'no_duration_filesize', path],
  ];
  return new Promise((resolve, reject) => {
    const ffmpeg = spawn('ffmpeg', args, { stdio: ['ignore', 'ignore', 'inherit'] });
    ffmpeg.once('error', reject);
    ffmpeg.once('exit', code =>
      code === 0 ? resolve() : reject(new Error('ffmpeg could not make the clip')),
    );
  });
}
