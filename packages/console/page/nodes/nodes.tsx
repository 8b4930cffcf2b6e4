import { Paper, SimpleGrid, Text } from '@mantine/core';
import { IconServerOff } from '@tabler/icons-react';
import { useMemo } from 'react';
import { useNodes, useServer } from '../api/queries.ts';
import type { MediaNode, ServerInfo } from '../api/types.ts';
import { Chart } from '../charts/chart.tsx';
import { type Samples, useRates, useSamples } from '../charts/samples.ts';
import { Empty } from '../parts/empty.tsx';
import { bytes, duration } from '../parts/format.ts';
import { Loading, Page } from '../parts/page.tsx';
import { Problem } from '../parts/problem.tsx';
import { useText } from '../text/text.tsx';

const percent = (value: number) => `${Math.round(value)} %`;

/** The processes, and how each of them is doing. */
export function Nodes() {
  const { nodes: text } = useText();
  const { data, dataUpdatedAt, error, refetch } = useNodes();
  const server = useServer();
  const counters = useMemo(
    () => data && Object.fromEntries(data.map(node => [node.name, node.cpu_seconds])),
    [data],
  );
  const rates = useRates(dataUpdatedAt, counters);
  const sample = useMemo(
    () =>
      rates && Object.fromEntries(Object.entries(rates.values).map(([name, cores]) => [name, cores * 100])),
    [rates],
  );
  const cpu = useSamples<string>(rates?.at ?? 0, sample);
  return (
    <Page title={text.title}>
      <Problem error={error} onRetry={() => void refetch()} />
      {!data && !error && <Loading />}
      {data?.length === 0 && <Empty icon={IconServerOff} title={text.none} why={text.noneWhy} />}
      <SimpleGrid cols={{ base: 1, md: 2, xl: 3 }} spacing="md">
        {data?.map(node => (
          <NodeCard key={node.name} node={node} cpu={cpu} />
        ))}
        {server.data && <ServerCard server={server.data} />}
      </SimpleGrid>
    </Page>
  );
}

function NodeCard({ node, cpu }: { node: MediaNode; cpu: Samples<string> }) {
  const { nodes: text, units } = useText();
  return (
    <Paper>
      <Text component="h2" fw={650} mb="xs">
        {node.name}
      </Text>
      <Chart
        label={`${node.name}, ${text.cpu}`}
        times={cpu.times}
        format={percent}
        height={110}
        lines={[{ label: `${text.cpu}, ${text.core}`, values: cpu.values[node.name] ?? [] }]}
      />
      <dl className="facts">
        <dt>{text.streams}</dt>
        <dd>{node.streams}</dd>
        <dt>{text.relays}</dt>
        <dd>{node.relays}</dd>
        <dt>{text.memory}</dt>
        <dd>{bytes(node.memory_bytes)}</dd>
        <dt title={text.delayWhy}>{text.delay}</dt>
        <dd>{Math.round(node.event_loop_delay_ms * 10) / 10} ms</dd>
        <dt title={text.flushWhy}>{text.flush}</dt>
        <dd>{node.flush_interval_ms} ms</dd>
        <dt>{text.since}</dt>
        <dd>{duration((Date.now() - Date.parse(node.started_at)) / 1000, units)}</dd>
      </dl>
    </Paper>
  );
}

function ServerCard({ server }: { server: ServerInfo }) {
  const { nodes: text, units } = useText();
  return (
    <Paper>
      <Text component="h2" fw={650}>
        {text.server}
      </Text>
      <Text size="sm" c="dimmed" mb="md">
        {text.serverWhy}
      </Text>
      <dl className="facts">
        <dt>{text.version}</dt>
        <dd>{server.version}</dd>
        <dt>{text.memory}</dt>
        <dd>{bytes(server.memory_bytes)}</dd>
        <dt title={text.delayWhy}>{text.delay}</dt>
        <dd>{Math.round(server.event_loop_delay_ms * 10) / 10} ms</dd>
        <dt>{text.since}</dt>
        <dd>{duration(server.uptime_seconds, units)}</dd>
      </dl>
    </Paper>
  );
}
