import { Anchor, Grid, Paper, SimpleGrid, Text } from '@mantine/core';
import { Link } from 'wouter';
import { useNodes, useProtocols, useStreams } from '../api/queries.ts';
import type { StreamSummary } from '../api/types.ts';
import { Chart } from '../charts/chart.tsx';
import { bitrate, bytes } from '../parts/format.ts';
import { Loading, Page } from '../parts/page.tsx';
import { Problem } from '../parts/problem.tsx';
import { State, stateOf } from '../parts/state.tsx';
import { useText } from '../text/text.tsx';
import './dashboard.css';
import { ProtocolTable } from './protocol-table.tsx';
import { useFigures } from './use-figures.ts';

const MAX_NAMED = 6;

/** How the whole installation is doing, at a glance. */
export function Dashboard() {
  const text = useText();
  const streams = useStreams();
  const nodes = useNodes();
  const protocols = useProtocols();
  const figures = useFigures(nodes, protocols, streams);
  const error = streams.error ?? nodes.error ?? protocols.error;
  if (!streams.data || !nodes.data || !protocols.data)
    return (
      <Page title={text.nav.dashboard}>
        {error ? <Problem error={error} onRetry={() => void streams.refetch()} /> : <Loading />}
      </Page>
    );
  const all = streams.data.streams;
  const { traffic, cpu, memory } = figures;
  return (
    <Page title={text.nav.dashboard}>
      <SimpleGrid cols={{ base: 2, md: 4 }} spacing="sm">
        <Figure
          title={text.dashboard.streams}
          value={String(figures.now.live)}
          beside={text.dashboard.ofAll(streams.data.total)}
        />
        <Figure
          title={text.dashboard.viewers}
          value={String(figures.now.viewers)}
          beside={text.dashboard.connections(figures.now.connections)}
        />
        <Figure
          title={text.dashboard.incoming}
          value={bitrate(figures.now.incoming)}
          beside={text.dashboard.sinceStart(bytes(figures.now.received))}
        />
        <Figure
          title={text.dashboard.outgoing}
          value={bitrate(figures.now.outgoing)}
          beside={text.dashboard.sinceStart(bytes(figures.now.sent))}
        />
      </SimpleGrid>
      <Grid mt="sm" gap="sm">
        <Grid.Col span={{ base: 12, lg: 6 }}>
          <Panel title={text.dashboard.bandwidth}>
            <Chart
              label={text.dashboard.bandwidth}
              times={traffic.times}
              format={bitrate}
              lines={[
                { label: text.dashboard.incoming, values: traffic.values.incoming ?? [] },
                { label: text.dashboard.outgoing, values: traffic.values.outgoing ?? [] },
              ]}
            />
          </Panel>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 6 }}>
          <Panel title={`${text.dashboard.streams} · ${text.dashboard.viewers}`}>
            <Chart
              label={`${text.dashboard.streams}, ${text.dashboard.viewers}`}
              times={traffic.times}
              format={whole}
              lines={[
                { label: text.dashboard.streams, values: traffic.values.live ?? [] },
                { label: text.dashboard.viewers, values: traffic.values.viewers ?? [] },
              ]}
            />
          </Panel>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 6 }}>
          <Panel title={text.dashboard.cpu}>
            <Chart
              label={text.dashboard.cpu}
              times={cpu.times}
              format={percent}
              lines={linesOf(cpu.values)}
            />
          </Panel>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 6 }}>
          <Panel title={text.dashboard.memory}>
            <Chart
              label={text.dashboard.memory}
              times={memory.times}
              format={bytes}
              lines={linesOf(memory.values)}
            />
          </Panel>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 6 }}>
          <Panel title={text.dashboard.attention}>
            <Named streams={all.filter(needsALook)} none={text.dashboard.allWell} />
          </Panel>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 6 }}>
          <Panel title={text.dashboard.busiest}>
            <Named streams={busiest(all)} none={text.dashboard.nobody} />
          </Panel>
        </Grid.Col>
      </Grid>
      <h2 className="section">{text.dashboard.protocols}</h2>
      <ProtocolTable protocols={protocols.data} />
    </Page>
  );
}

const whole = (value: number) => (Number.isInteger(value) ? String(value) : '');
const percent = (value: number) => `${Math.round(value)} %`;

function linesOf(values: Readonly<Record<string, readonly (number | null)[]>>) {
  return Object.entries(values).map(([label, line]) => ({ label, values: line }));
}

function needsALook(stream: StreamSummary): boolean {
  return stream.state === 'interrupted' || (stream.state === 'waiting' && Boolean(stream.ingest?.last_error));
}

function busiest(streams: readonly StreamSummary[]): StreamSummary[] {
  return streams
    .filter(({ viewers }) => viewers.count > 0)
    .sort((one, other) => other.viewers.count - one.viewers.count);
}

function Figure({ title, value, beside }: { title: string; value: string; beside: string }) {
  return (
    <Paper className="headline">
      <Text size="sm" c="dimmed">
        {title}
      </Text>
      <div className="headline-value figure">{value}</div>
      <Text size="sm" c="dimmed">
        {beside}
      </Text>
    </Paper>
  );
}

function Panel({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <Paper h="100%">
      <Text component="h2" fw={650} mb="xs" size="sm">
        {title}
      </Text>
      {children}
    </Paper>
  );
}

function Named({ streams, none }: { streams: readonly StreamSummary[]; none: string }) {
  const { units } = useText();
  if (streams.length === 0)
    return (
      <Text c="dimmed" size="sm">
        {none}
      </Text>
    );
  return (
    <ul className="named">
      {streams.slice(0, MAX_NAMED).map(stream => (
        <li key={stream.stream_id}>
          <Anchor component={Link} href={`/streams/${encodeURIComponent(stream.stream_id)}`}>
            {stream.stream_id}
          </Anchor>
          <State name={stateOf(stream)} />
          <span>{stream.ingest?.last_error ?? units.viewers(stream.viewers.count)}</span>
        </li>
      ))}
    </ul>
  );
}
