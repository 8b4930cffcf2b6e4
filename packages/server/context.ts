import type { MediaControl, StreamReport } from '@flux-iot/core/control/media-control';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import { parseStreamId } from '@flux-iot/core/stream/stream-id';
import type { PlayableForm } from '@flux-iot/core/transcode/playable';
import type { FastifyRequest } from 'fastify';
import { isVisible } from './access/access-control.ts';
import { principalOf } from './access/principal.ts';
import type { Accounts } from './accounts/accounts.ts';

/** What the routes work on. */
export interface RouteContext {
  readonly control: MediaControl;
  /** Which stream is whose. */
  readonly accounts: Accounts;
  /** Under which id a player is served that says its codecs. */
  readonly playable: PlayableForm;
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

/** All streams that are there or that an ingest is to bring, and that who asks may see, by id. */
export async function knownStreams(
  { control, accounts }: RouteContext,
  request: FastifyRequest,
): Promise<StreamReport[]> {
  const principal = principalOf(request);
  const streams = (await control.streams()).filter(({ streamId }) =>
    isVisible(principal, accounts, streamId),
  );
  return streams.sort((one, other) => (one.streamId < other.streamId ? -1 : 1));
}
