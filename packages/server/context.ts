import type { MediaControl, StreamReport } from '@flux-iot/core/control/media-control';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import { parseStreamId } from '@flux-iot/core/stream/stream-id';

/** What the routes work on. */
export interface RouteContext {
  readonly control: MediaControl;
}

/** Throws `PROTOCOL_DISABLED` where no media node has the protocol. */
export async function requireProtocol({ control }: RouteContext, protocol: string): Promise<void> {
  const enabled = new Set((await control.nodes()).flatMap(({ protocols }) => Object.keys(protocols)));
  if (enabled.has(protocol)) return;
  const names = [...enabled].join(', ') || 'none';
  throw new FluxError('PROTOCOL_DISABLED', `The protocol ${protocol} is not enabled; enabled: ${names}.`);
}

/** A stream that is there, or that an ingest is to bring. Throws `STREAM_ID_INVALID`, `STREAM_NOT_FOUND`. */
export function knownStream({ control }: RouteContext, id: string): Promise<StreamReport> {
  return control.stream(parseStreamId(id));
}

/** All streams that are there or that an ingest is to bring, by id. */
export async function knownStreams({ control }: RouteContext): Promise<StreamReport[]> {
  const streams = await control.streams();
  return streams.sort((one, other) => (one.streamId < other.streamId ? -1 : 1));
}
