import { pageAssets } from '@flux-iot/console/assets';
import { NodeControl } from '@flux-iot/core/control/node-control';
import type { ProtocolAdapter } from '@flux-iot/core/orchestrator/protocol-adapter';
import { StreamOrchestrator } from '@flux-iot/core/orchestrator/stream-orchestrator';
import { FlvAdapter } from '@flux-iot/protocols/flv/adapter';
import { HlsAdapter } from '@flux-iot/protocols/hls/adapter';
import { MediaServer } from '@flux-iot/protocols/http/media-server';
import { RtmpAdapter } from '@flux-iot/protocols/rtmp/adapter';
import { type ApiServer, createApiServer } from '@flux-iot/server/api-server';
import type { Logger } from 'pino';
import { parseAddress } from './config/address.ts';
import type { Config } from './config/schema.ts';
import { ErrorLog } from './error-log.ts';
import { explainListenError } from './listen-error.ts';
import { segmentStorage } from './segment-storage.ts';
import { readTls } from './tls.ts';

export interface Gateway {
  readonly orchestrator: StreamOrchestrator;
  readonly media: MediaServer;
  readonly api: ApiServer;
  /** Undefined where the protocol is not enabled. */
  readonly rtmp: RtmpAdapter | undefined;
  readonly adapters: readonly ProtocolAdapter[];
  /** Binds everything, or throws (`PORT_IN_USE` in plain words) and leaves nothing bound. */
  start(): Promise<void>;
  /** Ends all sessions. Idempotent. */
  stop(): Promise<void>;
}

export interface GatewayOptions {
  readonly logger: Logger;
  readonly version: string;
}

/** The composition root: everything that one process runs, made from the configuration. */
export async function createGateway(config: Config, { logger, version }: GatewayOptions): Promise<Gateway> {
  const { media: limits, protocols } = config;
  const isEnabled = (protocol: Config['protocols']['enabled'][number]) =>
    protocols.enabled.includes(protocol);
  const orchestrator = new StreamOrchestrator({
    stream: {
      gop: { maxBytes: limits.gop_cache_bytes, maxSeconds: limits.gop_cache_seconds },
      discoverySeconds: limits.discovery_seconds,
    },
    flush: { minInterval: limits.flush_interval_ms, maxInterval: limits.flush_interval_max_ms },
    turns: { minInterval: limits.turn_spacing_ms, maxInterval: limits.turn_spacing_max_ms },
    maxStreams: limits.max_streams,
    takeover: protocols.rtmp.takeover,
    publisherGrace: limits.publisher_grace * 1000,
    openTimeout: limits.open_timeout * 1000,
  });
  const viewerLimits = {
    maxQueuedBytes: limits.viewer_queue_bytes,
    stallTimeout: limits.viewer_stall_timeout * 1000,
  };
  const errors = new ErrorLog(logger);
  const media = new MediaServer({
    ...parseAddress(config.http_media.bind),
    onError: (error, request) => errors.report(error, request),
  });
  const rtmp = isEnabled('rtmp')
    ? new RtmpAdapter({
        orchestrator,
        ...parseAddress(protocols.rtmp.bind),
        chunkSize: protocols.rtmp.chunk_size,
        maxConnections: protocols.rtmp.max_connections,
        limits: viewerLimits,
        tls: readTls(protocols.rtmp),
        onError: (error, peer) => errors.report(error, { peer }),
      })
    : undefined;
  const adapters: ProtocolAdapter[] = rtmp ? [rtmp] : [];
  if (isEnabled('flv') && protocols.flv.enable) {
    adapters.push(new FlvAdapter({ orchestrator, server: media, limits: viewerLimits }));
  }
  if (isEnabled('hls')) {
    adapters.push(
      new HlsAdapter({
        orchestrator,
        server: media,
        storage: segmentStorage(config),
        options: {
          segmentDuration: protocols.hls.segment_duration,
          playlistLength: protocols.hls.playlist_length,
          alwaysOn: protocols.hls.always_on,
        },
      }),
    );
  }
  for (const adapter of adapters) adapter.onStreamReady(orchestrator);
  const control = new NodeControl({ name: 'node-1', orchestrator, adapters });
  const api = await createApiServer({
    control,
    ...parseAddress(config.server.bind),
    mediaPort: () => media.port,
    version,
    assets: await pageAssets(),
    // Of what fastify says by itself, only what went wrong is news.
    logger: logger.child({}, { level: logger.isLevelEnabled('warn') ? 'warn' : logger.level }),
  });
  orchestrator.on('streamAdded', stream => {
    stream.on('state', state => logger.info({ stream: stream.id, state }, 'stream'));
  });
  orchestrator.on('streamEnded', ({ id }, { code, message }) =>
    logger.info({ stream: id, reason: code }, `stream ended: ${message}`),
  );

  const stop = async () => {
    orchestrator.close();
    control.close();
    await Promise.all([...adapters.map(adapter => adapter.stop()), media.stop(), api.stop()]);
  };
  return {
    orchestrator,
    media,
    api,
    rtmp,
    adapters,
    async start() {
      try {
        await media.start();
        for (const adapter of adapters) await adapter.start();
        await api.start();
      } catch (error) {
        await stop();
        throw explainListenError(error, config);
      }
    },
    stop,
  };
}
