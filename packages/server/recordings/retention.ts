import type { IndexedRecording, RecordingIndex } from './recording-index.ts';

export interface RetentionPolicy {
  /** Days after which a recording is deleted; 0 for never. */
  readonly days: number;
  /** Bytes of all recordings together; 0 for no limit. */
  readonly maxBytes: number;
}

const DAY = 86_400_000;
const PAGE = 100;

/**
 * What is to go, oldest first: what is too old, and what is more than the bytes allow. Never a file that is being
 * written, and never one that is held; held ones count as bytes.
 */
export async function* expired(
  index: RecordingIndex,
  { days, maxBytes }: RetentionPolicy,
  now: number,
): AsyncGenerator<IndexedRecording> {
  let bytes = await index.totalBytes();
  // What is passed over stays in the list; what is yielded is deleted from it by the caller.
  let offset = 0;
  for (;;) {
    const { recordings } = await index.list({ state: 'finished', limit: PAGE, offset });
    if (recordings.length === 0) return;
    for (const entry of recordings) {
      const { endedAt, size } = entry.recording;
      const isOld = days > 0 && now - endedAt > days * DAY;
      const isTooMuch = maxBytes > 0 && bytes > maxBytes;
      if (entry.held) {
        offset++;
        continue;
      }
      if (!isOld && !isTooMuch) {
        // Those that follow began later; one of them may yet have ended too long ago, and goes next time.
        return;
      }
      bytes -= size;
      yield entry;
    }
  }
}
