import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { ProtocolAdapter } from '@flux-iot/core/orchestrator/protocol-adapter';
import type { StreamOrchestrator } from '@flux-iot/core/orchestrator/stream-orchestrator';
import { parseStreamId } from '@flux-iot/core/stream/stream-id';
import type { KnownStream } from './present.ts';

/** What the routes work on. */
export interface RouteContext {
  readonly orchestrator: StreamOrchestrator;
  readonly adapters: readonly ProtocolAdapter[];
}

export const STOPPED = { code: 'stopped', message: 'Stopped by request.' };

/** The adapter of an enabled protocol. Throws `PROTOCOL_DISABLED`. */
export function adapterOf({ adapters }: RouteContext, protocol: string): ProtocolAdapter {
  const adapter = adapters.find(({ protocolName }) => protocolName === protocol);
  if (adapter) return adapter;
  const enabled = adapters.map(({ protocolName }) => protocolName).join(', ') || 'none';
  throw new FluxError('PROTOCOL_DISABLED', `The protocol ${protocol} is not enabled; enabled: ${enabled}.`);
}

/** A stream that is there, or that an ingest is to bring. Throws `STREAM_ID_INVALID`, `STREAM_NOT_FOUND`. */
export function knownStream({ orchestrator }: RouteContext, id: string): KnownStream {
  const streamId = parseStreamId(id);
  const status = orchestrator.getStreamStatus(streamId);
  const ingest = orchestrator.getIngest(streamId);
  if (status) return { streamId, status, ingest };
  if (ingest) return { streamId, ingest };
  throw new FluxError('STREAM_NOT_FOUND', `There is no stream ${streamId}.`, { context: { streamId } });
}

/** All streams that are there or that an ingest is to bring, by id. */
export function knownStreams({ orchestrator }: RouteContext): KnownStream[] {
  const known = new Map<string, KnownStream>();
  for (const ingest of orchestrator.ingests) {
    known.set(ingest.streamId, { streamId: ingest.streamId, ingest });
  }
  for (const status of orchestrator.listStreams()) {
    const { streamId } = status;
    known.set(streamId, { streamId, status, ingest: known.get(streamId)?.ingest });
  }
  return [...known.values()].sort((one, other) => (one.streamId < other.streamId ? -1 : 1));
}
