import { AV_LOG_QUIET } from 'node-av/constants';
import { type CodecContext, FFmpegError, Log } from 'node-av/lib';

// What FFmpeg thinks of a bitstream goes into the answer; on a terminal it would be noise.
Log.setLevel(AV_LOG_QUIET);

/** Throws what FFmpeg's negative return codes mean. Returns the others. */
export function checked(code: number, what: string): number {
  if (code >= 0) return code;
  throw new Error(`${what}: ${new FFmpegError(code).message}`);
}

/** Sets options of a context by FFmpeg's names: its own, and its codec's. */
export function setOptions(
  context: CodecContext,
  options: Readonly<Record<string, string | number | undefined>>,
): void {
  // Not by the dictionary of avcodec_open2: that is freed there, and once more when its wrapper is collected.
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined) checked(context.setOption(name, String(value)), `option ${name}`);
  }
}
