import { useMemo } from 'react';
import type { MediaNode, Protocol, StreamSummary } from '../api/types.ts';
import { type Samples, useRates, useSamples } from '../charts/samples.ts';

interface Read<Data> {
  readonly data: Data | undefined;
  /** Milliseconds since 1970. */
  readonly dataUpdatedAt: number;
}

/** What is measured now, and since the page is open. */
export interface Figures {
  readonly now: {
    readonly live: number;
    readonly viewers: number;
    readonly connections: number;
    /** Bits per second. */
    readonly incoming: number;
    readonly outgoing: number;
    /** Bytes since the start. */
    readonly received: number;
    readonly sent: number;
  };
  readonly traffic: Samples<'incoming' | 'outgoing' | 'live' | 'viewers'>;
  /** By node: per cent of a core. */
  readonly cpu: Samples<string>;
  /** By node: bytes. */
  readonly memory: Samples<string>;
}

const BITS = 8;

export function useFigures(
  nodes: Read<readonly MediaNode[]>,
  protocols: Read<readonly Protocol[]>,
  streams: Read<{ readonly streams: readonly StreamSummary[] }>,
): Figures {
  const sum = (figure: (protocol: Protocol) => number) =>
    (protocols.data ?? []).reduce((total, protocol) => total + figure(protocol), 0);
  const counters = useMemo(
    () => protocols.data && { in: sum(({ bytes_in }) => bytes_in), out: sum(({ bytes_out }) => bytes_out) },
    [protocols.data],
  );
  const rates = useRates(protocols.dataUpdatedAt, counters);
  const live = streams.data?.streams.filter(({ state }) => state === 'live').length ?? 0;
  const viewers = streams.data?.streams.reduce((total, stream) => total + stream.viewers.count, 0) ?? 0;
  const incoming = (rates?.values.in ?? 0) * BITS;
  const outgoing = (rates?.values.out ?? 0) * BITS;
  const trafficSample = useMemo(
    () => (rates ? { incoming, outgoing, live, viewers } : undefined),
    [rates, incoming, outgoing, live, viewers],
  );
  const cpuSeconds = useMemo(() => byNode(nodes.data, ({ cpu_seconds }) => cpu_seconds), [nodes.data]);
  const cpuRates = useRates(nodes.dataUpdatedAt, cpuSeconds);
  const cpuSample = useMemo(
    () =>
      cpuRates &&
      Object.fromEntries(Object.entries(cpuRates.values).map(([name, cores]) => [name, cores * 100])),
    [cpuRates],
  );
  const memorySample = useMemo(() => byNode(nodes.data, ({ memory_bytes }) => memory_bytes), [nodes.data]);
  return {
    now: {
      live,
      viewers,
      connections: sum(({ connections }) => connections),
      incoming,
      outgoing,
      received: sum(({ bytes_in }) => bytes_in),
      sent: sum(({ bytes_out }) => bytes_out),
    },
    traffic: useSamples(rates?.at ?? 0, trafficSample),
    cpu: useSamples<string>(cpuRates?.at ?? 0, cpuSample),
    memory: useSamples<string>(nodes.dataUpdatedAt, memorySample),
  };
}

function byNode(nodes: readonly MediaNode[] | undefined, figure: (node: MediaNode) => number) {
  return nodes && Object.fromEntries(nodes.map(node => [node.name, figure(node)]));
}
