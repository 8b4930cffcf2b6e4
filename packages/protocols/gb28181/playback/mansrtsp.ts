import type { PlaybackAction } from '@flux-iot/core/control/gb28181-control';
import { FluxError } from '@flux-iot/core/errors/flux-error';

export const MANSRTSP_TYPE = 'Application/MANSRTSP';

const VERSION = 'MANSRTSP/1.0';
const MIN_SCALE = 1 / 16;
const MAX_SCALE = 16;

/** What is said in a session of playback (annex B): RTSP's words, with a version of their own. Throws `REQUEST_INVALID`. */
export function writeMansrtsp(action: Exclude<PlaybackAction, { action: 'stop' }>, sequence: number): Buffer {
  const lines = linesOf(action);
  const [first = '', ...headers] = lines;
  return Buffer.from([first, `CSeq: ${sequence}`, ...headers, '', ''].join('\r\n'), 'latin1');
}

function linesOf(action: Exclude<PlaybackAction, { action: 'stop' }>): string[] {
  switch (action.action) {
    case 'pause':
      return [`PAUSE ${VERSION}`, 'PauseTime: now'];
    case 'resume':
      return [`PLAY ${VERSION}`, 'Range: npt=now-'];
    case 'seek':
      if (!(action.seconds >= 0 && action.seconds < 31 * 86_400))
        throw new FluxError('REQUEST_INVALID', 'seconds are counted from the beginning of the recording.');
      return [`PLAY ${VERSION}`, `Range: npt=${decimal(action.seconds)}-`];
    case 'speed':
      if (!(Math.abs(action.scale) >= MIN_SCALE && Math.abs(action.scale) <= MAX_SCALE))
        throw new FluxError('REQUEST_INVALID', 'scale is from 1/16 to 16, or negative for backwards.');
      return [`PLAY ${VERSION}`, `Scale: ${decimal(action.scale)}`];
  }
}

/** Devices compare with "1.0" and "0.5". */
function decimal(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(Math.round(value * 10_000) / 10_000);
}

const MAX_BYTES = 4096;

/** What a platform above says in a session of playback: one or two actions. Throws `REQUEST_INVALID`. */
export function parseMansrtsp(body: Buffer): readonly PlaybackAction[] {
  const text = body.subarray(0, MAX_BYTES).toString('latin1');
  const method = /^\s*([A-Z]+)\s+(?:MANS)?RTSP\/1\.0/i.exec(text)?.[1]?.toUpperCase();
  if (method === 'PAUSE') return [{ action: 'pause' }];
  if (method === 'TEARDOWN') return [{ action: 'stop' }];
  if (method !== 'PLAY') throw new FluxError('REQUEST_INVALID', 'It is neither PLAY nor PAUSE of MANSRTSP.');
  const scale = /^Scale:\s*(-?\d{1,3}(?:\.\d{1,6})?)\s*$/im.exec(text)?.[1];
  const seconds = /^Range:\s*npt=\s*(\d{1,7}(?:\.\d{1,6})?)\s*-/im.exec(text)?.[1];
  const actions: PlaybackAction[] = [];
  if (scale !== undefined) actions.push({ action: 'speed', scale: Number(scale) });
  if (seconds !== undefined) actions.push({ action: 'seek', seconds: Number(seconds) });
  return actions.length > 0 ? actions : [{ action: 'resume' }];
}
