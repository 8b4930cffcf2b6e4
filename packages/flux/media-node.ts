import { proxyList } from '@flux-iot/core/access/client-address';
import { Gatekeeper, type Refusal } from '@flux-iot/core/access/gatekeeper';
import type { TenantCount } from '@flux-iot/core/access/tenant-count';
import type { TenantMeter } from '@flux-iot/core/access/tenant-meter';
import type { Bus } from '@flux-iot/core/bus/bus';
import type { DeviceDocuments } from '@flux-iot/core/control/device-documents';
import { publishEvent } from '@flux-iot/core/control/gateway-event';
import type { DeviceEvent, Gb28181Control } from '@flux-iot/core/control/gb28181-control';
import { NodeControl } from '@flux-iot/core/control/node-control';
import { RemoteAccess } from '@flux-iot/core/control/remote-access';
import { reportStreams } from '@flux-iot/core/control/stream-events';
import type { ProtocolAdapter } from '@flux-iot/core/orchestrator/protocol-adapter';
import { StreamOrchestrator } from '@flux-iot/core/orchestrator/stream-orchestrator';
import type { StreamRegistry } from '@flux-iot/core/orchestrator/stream-registry';
import type { RecordingEvent } from '@flux-iot/core/record/recording';
import type { RecordingService } from '@flux-iot/core/record/recording-service';
import { playableForms } from '@flux-iot/core/transcode/playable';
import { Transcoders } from '@flux-iot/core/transcode/transcoders';
import { AuthenticationServer } from '@flux-iot/protocols/authentication/server';
import { BUNDLED_PROFILES, ProfileLibrary } from '@flux-iot/protocols/camera/library';
import { FlvAdapter } from '@flux-iot/protocols/flv/adapter';
import { HlsAdapter } from '@flux-iot/protocols/hls/adapter';
import type { SegmentMakers } from '@flux-iot/protocols/hls/segment-makers';
import { MediaServer } from '@flux-iot/protocols/http/media-server';
import { MjpegAdapter } from '@flux-iot/protocols/mjpeg/adapter';
import { RtmpAdapter } from '@flux-iot/protocols/rtmp/adapter';
import { RtspAdapter } from '@flux-iot/protocols/rtsp/adapter';
import { RtspPulls } from '@flux-iot/protocols/rtsp/pull/pulls';
import type { Logger } from 'pino';
import { parseAddress, parsePortRange } from './config/address.ts';
import type { Config } from './config/schema.ts';
import { ErrorLog } from './error-log.ts';
import { createGb28181, VOICE_PROFILE } from './gb28181.ts';
import { ladderOf } from './ladder.ts';
import { explainListenError } from './listen-error.ts';
import { createRecordingService } from './recording-service.ts';
import { segmentStorage } from './segment-storage.ts';
import { createSnapshots, type NodeSnapshots, snapshotRoute } from './snapshots.ts';
import { createNodeTenants, type NodeTenants } from './tenants.ts';
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
  /** Undefined where authentication is off. */
  readonly gatekeeper: Gatekeeper | undefined;
  readonly meter: TenantMeter;
  readonly snapshots: NodeSnapshots;
  readonly transcoders: Transcoders;
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
  /** Told of what is recorded. */
  readonly onRecording?: (event: RecordingEvent) => void;
  /** By which flux-server is told what happens, and asked whether clients may. */
  readonly bus?: Bus;
  /** The configuration as it is now, where it can change; what cannot change is of `config`. */
  readonly current?: () => Config;
  /** What a tenant has on the other nodes. */
  readonly elsewhere?: (tenantId: string) => TenantCount;
  /** Bytes of the tenant's finished recordings. */
  readonly stored?: (tenantId: string) => number;
  /** The stream token of an id. */
  readonly findToken?: (id: string) => Promise<string | undefined>;
  /** Told of everyone who was turned away. */
  readonly onRefused?: (refusal: Refusal) => void;
  /** Where GB28181 devices are kept over a restart, and who is told what they tell. */
  readonly devices?: DeviceDocuments;
  readonly onDeviceEvent?: (event: DeviceEvent) => void;
}

/** Milliseconds between looks at what tenants bring: rates are measured as often. */
const BITRATE_INTERVAL = 1000;

/** One process's share of the media: everything that receives and sends it, made from the configuration. */
export function createMediaNode(
  config: Config,
  {
    name,
    logger,
    registry,
    makers,
    bus,
    current = () => config,
    elsewhere,
    stored,
    findToken,
    onRefused,
    onRecording,
    devices,
    onDeviceEvent,
  }: MediaNodeOptions,
): MediaNode {
  const { media: limits, protocols } = config;
  const reusePort = config.gateway.share_ports;
  const isEnabled = (protocol: Config['protocols']['enabled'][number]) =>
    protocols.enabled.includes(protocol);
  const access = bus && new RemoteAccess(bus);
  const { auth } = config;
  const gatekeeper = auth.enabled
    ? new Gatekeeper({
        open: { publish: auth.open_publish, play: auth.open_play },
        limit: (action, streamId) => tenants.limits.check(action, streamId),
        findToken,
        sourceOf: streamId => transcoders.sourceOf(streamId),
        onRefused,
      })
    : undefined;
  const viewerLimits = {
    get maxQueuedBytes() {
      return current().media.viewer_queue_bytes;
    },
    get stallTimeout() {
      return current().media.viewer_stall_timeout * 1000;
    },
  };
  const transcoders = new Transcoders({
    profiles: [VOICE_PROFILE, ...config.transcode.profiles],
    maxRunning: config.transcode.max_running,
    limits: viewerLimits,
    maxMemory: config.transcode.memory_mb * 1024 * 1024,
  });
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
    get maxStreams() {
      return current().media.max_streams;
    },
    get takeover() {
      return current().protocols.rtmp.takeover;
    },
    get publisherGrace() {
      return current().media.publisher_grace * 1000;
    },
    get openTimeout() {
      return current().media.open_timeout * 1000;
    },
    demandLinger: limits.on_demand_linger * 1000,
    registry,
    // By its own rules first: nobody else is asked about a client that has no right to be here.
    authorize: (...asked) => {
      gatekeeper?.authorize(...asked);
      return access?.authorize(...asked);
    },
    derive: (streamId, all) => transcoders.derive(streamId, all),
    limits: {
      publish: streamId => tenants.limits.check('publish', streamId),
      transcode: streamId => tenants.limits.checkTranscode(streamId),
    },
  });
  if (bus) reportStreams(orchestrator, name, event => publishEvent(bus, event));
  const tenants: NodeTenants = createNodeTenants({
    ...{ orchestrator, registry, gatekeeper, elsewhere, stored, onRefused },
    recordings: () => recordings.active,
  });
  const watching = setInterval(() => tenants.look(), BITRATE_INTERVAL).unref();
  const errors = new ErrorLog(logger);
  const media = new MediaServer({
    ...parseAddress(config.http_media.bind),
    reusePort,
    proxies: proxyList(auth.trusted_proxies),
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
        authentication: gatekeeper && digestOf(gatekeeper),
        pull: (streamId, source, callback) => pulls.pull(streamId, source, callback),
        onError: (error, peer) => errors.report(error, { peer }),
      })
    : undefined;
  if (rtsp) adapters.push(rtsp);
  const gb28181 = isEnabled('gb28181')
    ? createGb28181(config, { orchestrator, errors, devices, onEvent: onDeviceEvent })
    : undefined;
  if (gb28181) adapters.push(gb28181);
  const playable = playableForms(config.transcode.profiles);
  const hasFlv = isEnabled('flv') && protocols.flv.enable;
  if (hasFlv) adapters.push(new FlvAdapter({ orchestrator, server: media, limits: viewerLimits, playable }));
  if (isEnabled('hls')) {
    const options = {
      format: protocols.hls.segment_format,
      segmentDuration: protocols.hls.segment_duration,
      partDuration: protocols.hls.low_latency ? protocols.hls.part_duration : undefined,
      playlistLength: protocols.hls.playlist_length,
      alwaysOn: protocols.hls.always_on,
    };
    const storage = segmentStorage(config);
    adapters.push(
      new HlsAdapter({
        orchestrator,
        server: media,
        storage,
        options,
        ladder: ladderOf(config),
        makers,
        playable,
        onError: error => errors.report(error, {}),
      }),
    );
  }
  if (hasFlv)
    adapters.push(new MjpegAdapter({ orchestrator, server: media, limits: viewerLimits, playable }));
  const hasMedia = hasFlv || isEnabled('hls');
  for (const adapter of adapters) adapter.onStreamReady(orchestrator);
  const recordings: RecordingService = createRecordingService(config, {
    orchestrator,
    quota: streamId => tenants.limits.storageObstacle(streamId),
    onEvent: event => {
      if (event.kind === 'alarm') {
        logger.error({ code: event.code, stream: event.streamId }, `recording: ${event.message}`);
      }
      onRecording?.(event);
    },
  });
  const snapshots = createSnapshots(config, orchestrator, errors);
  media.addRoute(snapshotRoute(snapshots));
  const control = new NodeControl({ name, orchestrator, adapters, recordings });
  orchestrator.on('streamAdded', stream => {
    stream.on('state', state => logger.info({ stream: stream.id, state }, 'stream'));
  });
  orchestrator.on('streamEnded', ({ id }, { code, message }) =>
    logger.info({ stream: id, reason: code }, `stream ended: ${message}`),
  );

  const stop = async () => {
    clearInterval(watching);
    snapshots.close();
    orchestrator.close();
    control.close();
    access?.close();
    const recorded = recordings.close();
    await Promise.all([...adapters.map(adapter => adapter.stop()), media.stop(), recorded]);
  };
  return {
    orchestrator,
    media,
    control,
    gatekeeper,
    meter: tenants.meter,
    snapshots,
    transcoders,
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
        await recordings.start();
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

/** Clients of RTSP show a stream token as user and password, without sending the password. */
function digestOf(gatekeeper: Gatekeeper): AuthenticationServer {
  return new AuthenticationServer({
    realm: 'FLUX IoT',
    schemes: ['SHA-256', 'MD5'],
    passwordOf: user => gatekeeper.passwordOf(user),
    isSameUri: (authorized, requested) => authorized === requested || requested.startsWith(authorized),
  });
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
