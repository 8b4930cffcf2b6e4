import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { resolve as absolute, join } from 'node:path';
import { PICTURE, SOUND, x264 } from './recipe.ts';

const FOLDER = absolute(import.meta.dirname, '../.cache');
const ENCODE = join(import.meta.dirname, 'encode.ts');

/** The path of the FLV file that publishers send, made when first asked for. `gop`: seconds between key frames. */
export async function clip(gop: 2 | 4): Promise<string> {
  const path = join(FOLDER, `720p25-gop${gop}.flv`);
  if (existsSync(path)) return path;
  mkdirSync(FOLDER, { recursive: true });
  // Two runs may be making it at the same time: each makes a file of its own and moves it into place.
  const temporary = join(FOLDER, `${process.pid}-gop${gop}.flv`);
  if ((await exitCode('ffmpeg', ffmpegArguments(gop, temporary))) !== 0) {
    rmSync(temporary, { force: true });
    await exitCode(process.execPath, [ENCODE, `${gop}`, temporary]);
  }
  if (!existsSync(temporary)) {
    throw new Error('the clip cannot be made: neither an ffmpeg with libx264 nor node-av works here');
  }
  renameSync(temporary, path);
  return path;
}

function ffmpegArguments(gop: number, path: string): string[] {
  return [
    ...['-v', 'error', '-y', '-f', 'lavfi', '-i', PICTURE, '-f', 'lavfi', '-i', SOUND],
    ...['-c:v', 'libx264', '-preset', 'veryfast', '-profile:v', 'main', '-pix_fmt', 'yuv420p'],
    ...['-x264-params', x264(gop), '-c:a', 'aac', '-b:a', '64k', '-flvflags', 'no_duration_filesize', path],
  ];
}

/** Null where the program ended by a signal or could not be started. */
function exitCode(command: string, args: readonly string[]): Promise<number | null> {
  return new Promise(resolve => {
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    child.once('error', () => resolve(null));
    child.once('exit', resolve);
  });
}
