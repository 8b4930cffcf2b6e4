import type { BusValue } from '../bus/bus.ts';
import type { StreamOrchestrator } from '../orchestrator/stream-orchestrator.ts';
import { isPerson, RELAY_PROTOCOL } from '../orchestrator/stream-status.ts';
import type { Publication } from '../stream/publication.ts';
import type { EndReason } from '../stream/sink.ts';
import type { Stream, StreamViewer } from '../stream/stream.ts';
import type { EventKind, GatewayEvent } from './gateway-event.ts';

/**
 * Tells of the streams of a node: who publishes and plays, and what becomes of each stream. What is fetched from other
 * nodes is told of there, but for its viewers here. Before any stream is there.
 */
export function reportStreams(
  orchestrator: StreamOrchestrator,
  node: string,
  report: (event: GatewayEvent) => void,
): void {
  const tell = (kind: EventKind, streamId: string, details: Readonly<Record<string, BusValue>>) =>
    report({ kind, at: Date.now(), node, streamId, details });

  orchestrator.on('streamAdded', (stream, isRelay) => {
    const { id } = stream;
    stream.on('viewerAdded', viewer => {
      if (isPerson(viewer))
        tell('play', id, { protocol: viewer.protocol, peer: viewer.peer, viewer: viewer.id });
    });
    stream.on('viewerRemoved', viewer => {
      if (isPerson(viewer)) tell('stop', id, viewerStopped(viewer));
    });
    if (isRelay) return;
    tell('stream-started', id, {});
    stream.on('state', state => {
      if (state === 'ended') return;
      tell('stream-changed', id, { state });
      if (state === 'live') tell('stream-ready', id, { tracks: tracksOf(stream) });
    });
  });
  orchestrator.on('streamEnded', (stream, reason, isRelay) => {
    if (!isRelay) tell('stream-closed', stream.id, { ...reasonOf(reason), bytes_in: stream.counter.bytes });
  });
  orchestrator.on('published', ({ stream, publisher: { protocol, peer } }) => {
    if (protocol !== RELAY_PROTOCOL) tell('publish', stream.id, { protocol, peer });
  });
  orchestrator.on('unpublished', (publication, reason) => {
    if (publication.publisher.protocol !== RELAY_PROTOCOL)
      tell('stop', publication.stream.id, publisherStopped(publication, reason));
  });
}

function viewerStopped({ id, protocol, peer, since, bytesSent }: StreamViewer): Record<string, BusValue> {
  return { role: 'viewer', protocol, peer, viewer: id, seconds: secondsSince(since), bytes: bytesSent };
}

function publisherStopped({ publisher, since }: Publication, reason: EndReason): Record<string, BusValue> {
  const { protocol, peer } = publisher;
  return { role: 'publisher', protocol, peer, seconds: secondsSince(since), ...reasonOf(reason) };
}

function tracksOf(stream: Stream): BusValue {
  return stream.tracks.map(({ kind, codec, codecString }) => ({ kind, codec, codec_string: codecString }));
}

function reasonOf({ code, message }: EndReason) {
  return { reason: code, message };
}

function secondsSince(time: number): number {
  return Math.max(0, Date.now() - time) / 1000;
}
