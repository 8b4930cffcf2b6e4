import type { NodeReport } from '@flux-iot/core/control/media-control';
import { Counter, Gauge, type Registry } from 'prom-client';

type Values = readonly (readonly [labels: Readonly<Record<string, string>>, value: number])[];

interface Figure {
  readonly name: string;
  readonly help: string;
  readonly kind: 'counter' | 'gauge';
  readonly labels: readonly string[];
  readonly values: (nodes: readonly NodeReport[]) => Values;
}

function ofNode(
  kind: Figure['kind'],
  name: string,
  help: string,
  value: (node: NodeReport) => number,
): Figure {
  return {
    ...{ kind, name, help },
    labels: ['node'],
    values: nodes => nodes.map(node => [{ node: node.name }, value(node)] as const),
  };
}

function ofProtocol(
  kind: Figure['kind'],
  name: string,
  help: string,
  value: (stats: NodeReport['protocols'][string]) => number | undefined,
): Figure {
  return {
    ...{ kind, name, help },
    labels: ['node', 'protocol'],
    values: nodes =>
      nodes.flatMap(node =>
        Object.entries(node.protocols).flatMap(([protocol, stats]) => {
          const found = value(stats);
          return found === undefined ? [] : [[{ node: node.name, protocol }, found] as const];
        }),
      ),
  };
}

/** What the media nodes report. Counts begin again when a node does. */
const FIGURES: readonly Figure[] = [
  ofNode(
    'gauge',
    'flux_streams',
    'Streams that are published or pulled on the node',
    ({ streams }) => streams,
  ),
  ofNode('gauge', 'flux_relays', 'Streams that the node fetches from others', ({ relays }) => relays),
  ofProtocol('gauge', 'flux_publishers', 'Publishers', ({ publishers }) => publishers),
  ofProtocol('gauge', 'flux_viewers', 'Viewers', ({ viewers }) => viewers),
  ofProtocol('gauge', 'flux_connections', 'Connections of clients', ({ connections }) => connections),
  ofProtocol('counter', 'flux_received_bytes_total', 'Bytes from clients', ({ bytesIn }) => bytesIn),
  ofProtocol('counter', 'flux_sent_bytes_total', 'Bytes to clients', ({ bytesOut }) => bytesOut),
  ofProtocol(
    'counter',
    'flux_lost_packets_total',
    'Packets of publishers that never came',
    ({ lostPackets }) => lostPackets,
  ),
  {
    kind: 'counter',
    name: 'flux_refused_total',
    help: 'Connections and requests turned away, by error code',
    labels: ['node', 'protocol', 'code'],
    values: nodes =>
      nodes.flatMap(node =>
        Object.entries(node.protocols).flatMap(([protocol, { refused }]) =>
          Object.entries(refused).map(
            ([code, count]) => [{ node: node.name, protocol, code }, count] as const,
          ),
        ),
      ),
  },
  ofNode(
    'counter',
    'flux_viewer_skips_total',
    'How often a viewer fell behind by its whole queue and skipped to a key frame',
    ({ skips }) => skips,
  ),
  ofNode(
    'gauge',
    'flux_event_loop_delay_seconds',
    'How late timers ran, 99th percentile of a minute',
    ({ load }) => load.eventLoopDelay / 1000,
  ),
  ofNode(
    'gauge',
    'flux_flush_interval_seconds',
    'For how long frames are gathered',
    ({ load }) => load.flushInterval / 1000,
  ),
  ofNode(
    'gauge',
    'flux_flush_duration_seconds',
    'How long it takes to send what was gathered',
    ({ load }) => load.flushDuration / 1000,
  ),
  ofNode('gauge', 'flux_node_memory_bytes', 'Resident memory of the node', ({ memoryBytes }) => memoryBytes),
  ofNode('counter', 'flux_node_cpu_seconds_total', 'CPU time of the node', ({ cpuSeconds }) => cpuSeconds),
  ofNode(
    'gauge',
    'flux_node_start_time_seconds',
    'When the node was started, since 1970',
    ({ startedAt }) => startedAt / 1000,
  ),
];

/** Returns what takes over the nodes' figures; what was there of nodes that are gone goes. */
export function nodeMetrics(registry: Registry): (nodes: readonly NodeReport[]) => void {
  const setters = FIGURES.map(({ kind, name, help, labels, values }) => {
    const options = { name, help, labelNames: [...labels], registers: [registry] };
    if (kind === 'gauge') {
      const gauge = new Gauge(options);
      return (nodes: readonly NodeReport[]) => {
        gauge.reset();
        for (const [given, value] of values(nodes)) gauge.set(given, value);
      };
    }
    const counter = new Counter(options);
    return (nodes: readonly NodeReport[]) => {
      counter.reset();
      for (const [given, value] of values(nodes)) counter.inc(given, value);
    };
  });
  return nodes => {
    for (const set of setters) set(nodes);
  };
}
