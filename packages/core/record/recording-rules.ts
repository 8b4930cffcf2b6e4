import type { StreamId } from '../stream/stream-id.ts';
import type { RecordingOptions } from './recording.ts';

/** Streams that are recorded without being asked for. */
export interface RecordingRule extends RecordingOptions {
  /** Of stream ids: `*` stands for any letters, `?` for one. */
  readonly streams: readonly string[];
}

/** The first rule that has the stream. */
export function ruleFor(rules: readonly RecordingRule[], streamId: StreamId): RecordingRule | undefined {
  return rules.find(({ streams }) => streams.some(glob => matches(glob, streamId)));
}

/**
 * Whether a glob covers the whole text. Walks back to the latest `*` alone, so the time is bounded by the product of
 * the lengths, whatever the glob is.
 */
export function matches(glob: string, text: string): boolean {
  let at = 0;
  let position = 0;
  let star = -1;
  let retry = 0;
  while (position < text.length) {
    if (glob[at] === '*') {
      star = at++;
      retry = position;
    } else if (at < glob.length && (glob[at] === '?' || glob[at] === text[position])) {
      at++;
      position++;
    } else if (star >= 0) {
      at = star + 1;
      position = ++retry;
    } else return false;
  }
  while (glob[at] === '*') at++;
  return at === glob.length;
}
