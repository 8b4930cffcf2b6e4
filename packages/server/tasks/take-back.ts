import type { MediaControl } from '@flux-iot/core/control/media-control';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { StreamId } from '@flux-iot/core/stream/stream-id';
import type { RecordingLibrary } from '../recordings/library.ts';

/** Ends ingests, pushes and recordings of these streams that the API was asked for, for good. */
export async function takeBack(
  control: MediaControl,
  recordings: RecordingLibrary,
  isMeant: (streamId: StreamId) => boolean,
): Promise<void> {
  for (const { streamId, id } of await control.pushes())
    if (isMeant(streamId)) await unlessGone(control.removePush(streamId, id));
  for (const { streamId, origin } of await recordings.active())
    if (origin === 'request' && isMeant(streamId)) await unlessGone(recordings.stop(streamId));
  for (const { streamId } of await control.ingests())
    if (isMeant(streamId)) await unlessGone(control.stop(streamId));
}

/** Somebody else may have ended it meanwhile. */
async function unlessGone(ending: Promise<void>): Promise<void> {
  try {
    await ending;
  } catch (cause) {
    if (!(cause instanceof FluxError && cause.status === 404)) throw cause;
  }
}
