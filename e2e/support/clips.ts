import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { run } from './processes.ts';

const FOLDER = resolve(import.meta.dirname, '../../.cache/clips');

const PICTURE = (size: string, rate = 25) => ['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=${rate}`];
const TONE = ['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000'];
const X264 = [
  '-c:v',
  'libx264',
  '-preset',
  'veryfast',
  '-pix_fmt',
  'yuv420p',
  '-g',
  '50',
  '-sc_threshold',
  '0',
];
const AAC = ['-c:a', 'aac', '-b:a', '64k'];

/** Clips made by ffmpeg, named after what is in them. GOP of 2 s at 25 frames a second throughout. */
const CLIPS = {
  /** H.264 with B-frames and AAC, 10 s. */
  'h264-aac.flv': [...PICTURE('640x360'), ...TONE, '-t', '10', ...X264, '-bf', '2', ...AAC],
  /** The same without B-frames, 70 s, for players that watch for a minute. */
  'h264-aac-70s.flv': [...PICTURE('640x360'), ...TONE, '-t', '70', ...X264, '-bf', '0', ...AAC],
  'h264-aac-small.flv': [...PICTURE('320x240'), ...TONE, '-t', '6', ...X264, '-bf', '0', ...AAC],
  'h264-aac-large.flv': [...PICTURE('1280x720'), ...TONE, '-t', '6', ...X264, '-bf', '0', ...AAC],
  'h264-opus.mp4': [...PICTURE('640x360'), ...TONE, '-t', '6', ...X264, '-bf', '0', '-c:a', 'libopus'],
  'h264-pcma.mkv': [
    ...PICTURE('640x360'),
    ...TONE,
    ...['-t', '6', ...X264, '-bf', '0', '-ar', '8000', '-c:a', 'pcm_alaw'],
  ],
  'h264.flv': [...PICTURE('640x360'), '-t', '6', ...X264, '-bf', '0'],
  'aac.flv': [...TONE, '-t', '6', ...AAC],
  'mp3.flv': [...TONE, '-ar', '44100', '-t', '6', '-c:a', 'libmp3lame'],
  'h265-aac.mp4': [
    ...PICTURE('640x360'),
    ...TONE,
    '-t',
    '10',
    '-c:v',
    'libx265',
    '-preset',
    'ultrafast',
    '-x265-params',
    'keyint=50:min-keyint=50:scenecut=0:open-gop=0:log-level=none',
    '-pix_fmt',
    'yuv420p',
    '-tag:v',
    'hvc1',
    ...AAC,
  ],
  /** Program streams as cameras have them: without a stream map, pictures and packets not aligned. */
  'h264.vob': [...PICTURE('640x360'), '-t', '6', ...X264, '-bf', '0'],
  'h264-b-frames.vob': [...PICTURE('640x360'), '-t', '6', ...X264, '-bf', '2'],
  'h265.vob': [
    ...PICTURE('640x360'),
    ...['-t', '6', '-c:v', 'libx265', '-preset', 'ultrafast'],
    ...['-x265-params', 'keyint=50:min-keyint=50:scenecut=0:bframes=0:log-level=none', '-pix_fmt', 'yuv420p'],
  ],
  'av1-opus.mp4': [
    ...PICTURE('640x360'),
    ...TONE,
    '-t',
    '6',
    '-c:v',
    'libsvtav1',
    '-preset',
    '12',
    '-g',
    '50',
    '-pix_fmt',
    'yuv420p',
    '-c:a',
    'libopus',
  ],
  'vp9-opus.mp4': [
    ...PICTURE('640x360'),
    ...TONE,
    '-t',
    '6',
    '-c:v',
    'libvpx-vp9',
    '-deadline',
    'realtime',
    '-cpu-used',
    '8',
    '-g',
    '50',
    '-c:a',
    'libopus',
  ],
} as const satisfies Record<string, readonly string[]>;

export type ClipName = keyof typeof CLIPS;

/** The path of the clip, made when first asked for. */
export async function clip(name: ClipName): Promise<string> {
  const path = join(FOLDER, name);
  if (existsSync(path)) return path;
  mkdirSync(FOLDER, { recursive: true });
  // Test files run side by side: each writes a file of its own and moves it into place.
  const temporary = join(FOLDER, `${randomUUID()}-${name}`);
  const { code, stderr } = await run('ffmpeg', ['-v', 'error', '-y', ...CLIPS[name], temporary], 120_000);
  if (code !== 0) throw new Error(`ffmpeg could not make ${name}: ${stderr}`);
  renameSync(temporary, path);
  return path;
}
