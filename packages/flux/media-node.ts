import type { DeviceDocuments } from '@flux-iot/core/control/device-documents';
import type { DeviceEvent, Gb28181Control } from '@flux-iot/core/control/gb28181-control';
import { NodeControl } from '@flux-iot/core/control/node-control';
import type { ProtocolAdapter } from '@flux-iot/core/orchestrator/protocol-adapter';
import { StreamOrchestrator } from '@flux-iot/core/orchestrator/stream-orchestrator';
import type { StreamRegistry } from '@flux-iot/core/orchestrator/stream-registry';
import { BUNDLED_PROFILES, ProfileLibrary } from '@flux-iot/protocols/camera/library';
import { FlvAdapter } from '@flux-iot/protocols/flv/adapter';
import { HlsAdapter } from '@flux-iot/protocols/hls/adapter';
import type { SegmentMakers } from '@flux-iot/protocols/hls/segment-makers';
import { MediaServer } from '@flux-iot/protocols/http/media-server';
import { RtmpAdapter } from '@flux-iot/protocols/rtmp/adapter';
import { RtspAdapter } from '@flux-iot/protocols/rtsp/adapter';
import { RtspPulls } from '@flux-iot/protocols/rtsp/pull/pulls';
import type { Logger } from 'pino';
import { parseAddress, parsePortRange } from './config/address.ts';
import type { Config } from './config/schema.ts';
import { ErrorLog } from './error-log.ts';
import { createGb28181 } from './gb28181.ts';
import { explainListenError } from './listen-error.ts';
import { segmentStorage } from './segment-storage.ts';
import { readTls } from './tls.ts';

/** Where a node listens, once it does; undefined for what is not enabled. */
export interface NodePorts {
  readonly rtmp?: number;
  readonly rtmps?: number;
  readonly rtsp?: number;
  readonly rtsps?: number;
  /** SIP of GB28181, on UDP and TCP. */
  readonly sip?: number;
  /** HTTP media: HTTP-FLV and HLS. */
  readonly media?: number;
}

export interface MediaNode {
  readonly orchestrator: StreamOrchestrator;
  readonly media: MediaServer;
  readonly control: NodeControl;
  /** Where it has the GB28181 devices. */
  readonly gb28181: Gb28181Control | undefined;
  readonly ports: NodePorts;
  /** Binds everything, or throws (`PORT_IN_USE` in plain words) and leaves nothing bound. */
  start(): Promise<void>;
  /** Ends all sessions. Idempotent. */
  stop(): Promise<void>;
}

export interface MediaNodeOptions {
  readonly name: string;
  readonly logger: Logger;
  /** Where it is one of several. */
  readonly registry?: StreamRegistry;
  readonly makers?: SegmentMakers;
  /** Where GB28181 devices are kept over a restart, and who is told what they tell. */
  readonly devices?: DeviceDocuments;
  readonly onDeviceEvent?: (event: DeviceEvent) => void;
}

/** One process's share of the media: everything that receives and sends it, made from the configuration. */
export function createMediaNode(
  config: Config,
  { name, logger, registry, makers, devices, onDeviceEvent }: MediaNodeOptions,
): MediaNode {
  const { media: limits, protocols } = config;
  const reusePort = config.gateway.share_ports;
  const isEnabled = (protocol: Config['protocols']['enabled'][number]) =>
    protocols.enabled.includes(protocol);
  const orchestrator = new StreamOrchestrator({
    stream: {
      gop: { maxBytes: limits.gop_cache_bytes, maxSeconds: limits.gop_cache_seconds },
      discoverySeconds: limits.discovery_seconds,
    },
    flush: { minInterval: limits.flush_interval_ms, maxInterval: limits.flush_interval_max_ms },
    turns: {
      minInterval: limits.turn_spacing_ms,
      maxInterval: limits.turn_spacing_max_ms,
      maxUnwatchedInterval: limits.turn_spacing_unwatched_ms,
    },
    maxStreams: limits.max_streams,
    takeover: protocols.rtmp.takeover,
    publisherGrace: limits.publisher_grace * 1000,
    openTimeout: limits.open_timeout * 1000,
    demandLinger: limits.on_demand_linger * 1000,
    registry,
  });
  const viewerLimits = {
    maxQueuedBytes: limits.viewer_queue_bytes,
    stallTimeout: limits.viewer_stall_timeout * 1000,
  };
  const errors = new ErrorLog(logger);
  const media = new MediaServer({
    ...parseAddress(config.http_media.bind),
    reusePort,
    onAccept: () => orchestrator.turns.countAccept(),
    onError: (error, request) => errors.report(error, request),
  });
  const adapters: ProtocolAdapter[] = [];
  const rtmp = isEnabled('rtmp')
    ? new RtmpAdapter({
        orchestrator,
        ...parseAddress(protocols.rtmp.bind),
        reusePort,
        chunkSize: protocols.rtmp.chunk_size,
        maxConnections: protocols.rtmp.max_connections,
        limits: viewerLimits,
        tls: readTls(config, 'rtmp'),
        onError: (error, peer) => errors.report(error, { peer }),
      })
    : undefined;
  if (rtmp) adapters.push(rtmp);
  const pulls = isEnabled('rtsp') ? createPulls(config, () => orchestrator.turns.countRead()) : undefined;
  const rtsp = pulls
    ? new RtspAdapter({
        orchestrator,
        ...parseAddress(protocols.rtsp.bind),
        reusePort,
        transports: protocols.rtsp.transport,
        portRange: parsePortRange(protocols.rtsp.rtp_port_range),
        maxConnections: protocols.rtsp.max_connections,
        limits: viewerLimits,
        tls: readTls(config, 'rtsp'),
        pull: (streamId, source, callback) => pulls.pull(streamId, source, callback),
        onError: (error, peer) => errors.report(error, { peer }),
      })
    : undefined;
  if (rtsp) adapters.push(rtsp);
  const gb28181 = isEnabled('gb28181')
    ? createGb28181(config, { orchestrator, errors, devices, onEvent: onDeviceEvent })
    : undefined;
  if (gb28181) adapters.push(gb28181);
  const hasFlv = isEnabled('flv') && protocols.flv.enable;
  if (hasFlv) adapters.push(new FlvAdapter({ orchestrator, server: media, limits: viewerLimits }));
  if (isEnabled('hls')) {
    const options = {
      segmentDuration: protocols.hls.segment_duration,
      playlistLength: protocols.hls.playlist_length,
      alwaysOn: protocols.hls.always_on,
    };
    const storage = segmentStorage(config);
    adapters.push(new HlsAdapter({ orchestrator, server: media, storage, options, makers }));
  }
  const hasMedia = hasFlv || isEnabled('hls');
  for (const adapter of adapters) adapter.onStreamReady(orchestrator);
  const control = new NodeControl({ name, orchestrator, adapters });
  orchestrator.on('streamAdded', stream => {
    stream.on('state', state => logger.info({ stream: stream.id, state }, 'stream'));
  });
  orchestrator.on('streamEnded', ({ id }, { code, message }) =>
    logger.info({ stream: id, reason: code }, `stream ended: ${message}`),
  );

  const stop = async () => {
    orchestrator.close();
    control.close();
    await Promise.all([...adapters.map(adapter => adapter.stop()), media.stop()]);
  };
  return {
    orchestrator,
    media,
    control,
    gb28181: gb28181?.control,
    get ports() {
      return {
        rtmp: rtmp?.port,
        rtmps: rtmp?.tlsPort,
        rtsp: rtsp?.port,
        rtsps: rtsp?.tlsPort,
        sip: gb28181?.port,
        media: hasMedia ? media.port : undefined,
      };
    },
    async start() {
      try {
        if (hasMedia) await media.start();
        for (const adapter of adapters) await adapter.start();
      } catch (error) {
        await stop();
        throw explainListenError(error, config);
      }
    },
    stop,
  };
}

/** The cameras that this node pulls, with the built-in profiles of their quirks and the operator's own. */
function createPulls({ protocols, cameras }: Config, onRead: () => void): RtspPulls {
  const { transport, rtp_port_range, verify_tls, media_timeout } = protocols.rtsp;
  const own = cameras.profiles_dir === '' ? [] : [cameras.profiles_dir];
  return new RtspPulls({
    profiles: ProfileLibrary.load(BUNDLED_PROFILES, ...own),
    transports: transport,
    portRange: parsePortRange(rtp_port_range),
    verifyTls: verify_tls,
    times: { silence: media_timeout * 1000 },
    onRead,
  });
}
