import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import {
  askForToken,
  followPolicy,
  reportRefusal,
  reportUse,
  storedBytes,
  TenantCounts,
} from '@flux-iot/core/access/policy-channel';
import type { BusValue } from '@flux-iot/core/bus/bus';
import { connectBus } from '@flux-iot/core/bus/socket/connect-bus';
import { ClusterNode } from '@flux-iot/core/cluster/cluster-node';
import { serveReload } from '@flux-iot/core/control/config-reload';
import { remoteDeviceDocuments } from '@flux-iot/core/control/device-documents';
import { type GatewayEvent, publishEvent } from '@flux-iot/core/control/gateway-event';
import { DEVICE_EVENTS, serveGb28181Control } from '@flux-iot/core/control/gb28181-control';
import { RECORDING_SUBJECT } from '@flux-iot/core/record/recording';
import { beatOf } from '@flux-iot/core/socket/heartbeat';
import { busOf } from '../config/bus.ts';
import type { Config } from '../config/schema.ts';
import { ladderOf } from '../ladder.ts';
import { createMediaNode } from '../media-node.ts';
import { segmentMakers } from '../segment-makers.ts';
import { collectInProportion, QuietCollector } from './heap.ts';
import { deviceNews, recordingNews } from './node-events.ts';
import { type ProgramContext, runProgram, type StartedProgram } from './program.ts';

/** Milliseconds between what nodes tell of streams and viewers, and of what was used. */
const COUNT_INTERVAL = 500;
const USE_INTERVAL = 10_000;

/** The daemons: media nodes with one protocol each. */
export const DAEMONS = {
  rtmpd: 'rtmp',
  rtspd: 'rtsp',
  gb28181d: 'gb28181',
  flvd: 'flv',
  hlsd: 'hls',
} as const satisfies Record<string, Config['protocols']['enabled'][number]>;

export type Daemon = keyof typeof DAEMONS;

/** `flux gateway`: a media node; of one protocol where it is a daemon. */
export function runGateway(file: string | undefined, version: string, daemon?: Daemon): Promise<void> {
  collectInProportion();
  return runProgram(file, context => start(context, version, daemon));
}

async function start(
  { config: configured, live, logger, supervisedAs }: ProgramContext,
  version: string,
  daemon: Daemon | undefined,
): Promise<StartedProgram> {
  const config = daemon ? withOnly(configured, DAEMONS[daemon]) : configured;
  const { address, secret } = busOf(config);
  const timeout = config.bus.timeout * 1000;
  const name =
    supervisedAs ?? `${daemon ?? 'gateway'}-${hostname().replace(/[^A-Za-z0-9-]/g, '-')}-${process.pid}`;
  const bus = await connectBus({ address, secret, member: name, heartbeat: beatOf(timeout) });
  const cluster = new ClusterNode({
    bus,
    secret,
    ...linkOf(config, address, name),
    limits: {
      maxQueuedBytes: config.media.viewer_queue_bytes,
      stallTimeout: config.media.viewer_stall_timeout * 1000,
    },
    openTimeout: config.media.open_timeout * 1000,
    timeout,
    onError: error => logger.warn({ code: error.code }, error.message),
  });
  const counts = new TenantCounts(bus);
  const tell = (news: GatewayEvent | undefined) => news && publishEvent(bus, news);
  const node = createMediaNode(config, {
    elsewhere: tenantId => counts.elsewhere(tenantId),
    stored: tenantId => storedBytes(bus, tenantId),
    findToken: id => askForToken(bus, id),
    onRefused: refusal => reportRefusal(bus, refusal),
    name,
    logger,
    registry: cluster,
    makers: segmentMakers(cluster, ladderOf(config)),
    bus,
    current: () => live.current,
    onRecording: event => {
      bus.publish(RECORDING_SUBJECT, event as unknown as BusValue);
      tell(recordingNews(event, name));
    },
    devices: remoteDeviceDocuments(bus),
    onDeviceEvent: event => {
      bus.publish(DEVICE_EVENTS, event as unknown as BusValue);
      tell(deviceNews(event, name));
    },
  });
  const { gatekeeper, meter, orchestrator } = node;
  const collector = new QuietCollector();
  orchestrator.on('streamAdded', () => collector.streamAdded());
  orchestrator.on('streamEnded', () => collector.streamEnded(orchestrator.streamCount));
  const endReload = serveReload(bus, () => live.reload());
  const unfollow = gatekeeper && followPolicy(bus, policy => gatekeeper.setPolicy(policy));
  const counting = setInterval(() => counts.tell(meter.counts()), COUNT_INTERVAL).unref();
  let usedSince = performance.now();
  const report = () => {
    const now = performance.now();
    reportUse(bus, meter.take((now - usedSince) / 1000));
    usedSince = now;
  };
  const reporting = setInterval(report, USE_INTERVAL).unref();
  const stop = async () => {
    clearInterval(counting);
    clearInterval(reporting);
    report();
    unfollow?.();
    endReload();
    await node.stop();
    await cluster.close();
    await bus.close();
  };
  try {
    // One process alone has the devices: another one of the host could not even bind their port.
    if (node.gb28181) serveGb28181Control(bus, node.gb28181);
    await node.start();
    await cluster.start(node, { mediaPort: node.ports.media, protocols: config.protocols.enabled });
  } catch (error) {
    await stop();
    throw error;
  }
  const listening = Object.entries(node.ports)
    .filter(([, port]) => port !== undefined)
    .map(([protocol, port]) => `${protocol} ${port}`);
  return {
    ready: { ...node.ports },
    banner: `FLUX IoT ${version}, media node ${name}\n\n  Listening  ${listening.join(', ')}\n  Bus        ${address}\n`,
    stop,
  };
}

/** Where other nodes reach this one: beside the bus's socket, or on TCP if the bus is. */
function linkOf(config: Config, busAddress: string, name: string): { listen: string; advertised: string } {
  if (busAddress.startsWith('unix:')) {
    const listen = `unix:${join(dirname(busAddress.slice('unix:'.length)), `${name}.sock`)}`;
    return { listen, advertised: listen };
  }
  const { relay_bind: bind, relay_address: address } = config.gateway;
  return { listen: `tcp:${bind}`, advertised: `tcp:${address || bind}` };
}

function withOnly(config: Config, protocol: (typeof DAEMONS)[Daemon]): Config {
  const enabled = config.protocols.enabled.filter(candidate => candidate === protocol);
  return { ...config, protocols: { ...config.protocols, enabled } };
}
