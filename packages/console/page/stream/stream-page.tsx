import { Alert, Anchor, Badge, Button, Group, Tabs } from '@mantine/core';
import { IconBulb, IconCamera, IconPlayerStop, IconShare, IconVideoOff } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'wouter';
import { ApiError, api } from '../api/client.ts';
import { usePlayUrls, useStream } from '../api/queries.ts';
import { useAccess } from '../api/session.tsx';
import type { StreamDetail } from '../api/types.ts';
import { useAsk } from '../parts/confirm.tsx';
import { Copyable } from '../parts/copyable.tsx';
import { Empty } from '../parts/empty.tsx';
import { protocolName } from '../parts/format.ts';
import { Loading, Page } from '../parts/page.tsx';
import { Problem } from '../parts/problem.tsx';
import { State, stateOf } from '../parts/state.tsx';
import { LastPicture } from '../player/last-picture.tsx';
import { useText } from '../text/text.tsx';
import { Charts } from './charts.tsx';
import { Diagnosis, ShortDiagnosis } from './diagnosis.tsx';
import { Facts } from './facts.tsx';
import { LivePlayer } from './live-player.tsx';
import { Pushes } from './pushes.tsx';
import { RecordButton } from './record-button.tsx';
import { ShareDialog } from './share-dialog.tsx';
import './stream.css';
import { TimeLine } from './time-line.tsx';
import { TrackCards } from './track-cards.tsx';
import { ViewerTable } from './viewer-table.tsx';

/** One stream: its picture, its figures, what happened to it, and what can be done with it. */
export function StreamPage({ streamId }: { streamId: string }) {
  const text = useText();
  const { data: stream, error, refetch } = useStream(streamId);
  const isGone = error instanceof ApiError && error.status === 404;
  if (isGone)
    return (
      <Page title={streamId} beside={<AllStreams />}>
        <div className="player gone">
          <LastPicture streamId={streamId} width={960} />
        </div>
        <Empty icon={IconVideoOff} title={text.stream.gone} why={text.stream.goneWhy(streamId)}>
          <Button component={Link} href="/streams" variant="default">
            {text.stream.all}
          </Button>
        </Empty>
      </Page>
    );
  if (!stream)
    return (
      <Page title={streamId}>
        {error ? <Problem error={error} onRetry={() => void refetch()} /> : <Loading />}
      </Page>
    );
  return (
    <Page title={streamId} beside={<Beside stream={stream} />} actions={<Actions stream={stream} />}>
      <Contents stream={stream} />
    </Page>
  );
}

function AllStreams() {
  return (
    <Anchor component={Link} href="/streams" size="sm">
      {useText().stream.all}
    </Anchor>
  );
}

function Beside({ stream }: { stream: StreamDetail }) {
  return (
    <Group gap="md">
      <State name={stateOf(stream)} />
      {stream.protocol && (
        <Badge variant="default" tt="none" fw={500}>
          {protocolName(stream.protocol)}
        </Badge>
      )}
    </Group>
  );
}

function Actions({ stream }: { stream: StreamDetail }) {
  const { stream: text } = useText();
  const { may, has } = useAccess();
  const ask = useAsk();
  const [isSharing, setSharing] = useState(false);
  const id = stream.stream_id;
  const isPulled = stream.ingest?.url !== undefined;
  const stop = () =>
    ask({
      title: text.stopTitle(id),
      why: isPulled ? text.stopPull : text.stopWhy,
      action: text.stop,
      act: () => api.stop(id),
    });
  return (
    <>
      {has('/streams/{stream_id}/snapshot') && stream.state === 'live' && (
        <Button
          component="a"
          href={api.snapshotUrl(id, 1920, 0)}
          download={`${id}.jpg`}
          variant="default"
          leftSection={<IconCamera size={17} />}
        >
          {text.snapshot}
        </Button>
      )}
      {may('operator') && has('/streams/{stream_id}/record') && stream.state === 'live' && (
        <RecordButton streamId={id} />
      )}
      <Button variant="default" leftSection={<IconShare size={17} />} onClick={() => setSharing(true)}>
        {text.share}
      </Button>
      {may('operator') && (
        <Button variant="default" className="stop" leftSection={<IconPlayerStop size={17} />} onClick={stop}>
          {text.stop}
        </Button>
      )}
      <ShareDialog streamId={id} isOpen={isSharing} onClose={() => setSharing(false)} />
    </>
  );
}

function Contents({ stream }: { stream: StreamDetail }) {
  const text = useText();
  const [tab, setTab] = useState<string | null>('overview');
  const id = stream.stream_id;
  const urls = usePlayUrls(id).data ?? {};
  return (
    <>
      <div className="stream-top">
        <LivePlayer stream={stream} urls={urls} />
        <div className="stream-side">
          <Facts stream={stream} />
          <ShortDiagnosis
            streamId={id}
            isWanted={stream.state === 'waiting' || stream.state === 'discovering'}
          />
          <Hints stream={stream} />
          <h2 className="section">{text.stream.tracks}</h2>
          <TrackCards tracks={stream.tracks} />
        </div>
      </div>
      <Tabs value={tab} onChange={setTab} mt="lg" keepMounted={false}>
        <Tabs.List className="tab-list">
          <Tabs.Tab value="overview">{text.stream.overview}</Tabs.Tab>
          <Tabs.Tab value="diagnosis">{text.diagnosis.title}</Tabs.Tab>
          <Tabs.Tab value="viewers">{`${text.stream.viewers} ${stream.viewers.count}`}</Tabs.Tab>
          <Tabs.Tab value="addresses">{text.stream.addresses}</Tabs.Tab>
          <Tabs.Tab value="pushes">
            {stream.pushes.length > 0 ? `${text.stream.pushes} ${stream.pushes.length}` : text.stream.pushes}
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="overview" pt="md">
          <Charts streamId={id} />
          <h2 className="section">{text.stream.history}</h2>
          <TimeLine entries={stream.history.slice(-6)} />
        </Tabs.Panel>
        <Tabs.Panel value="diagnosis" pt="md">
          <Diagnosis streamId={id} />
        </Tabs.Panel>
        <Tabs.Panel value="viewers" pt="md">
          <ViewerTable streamId={id} />
        </Tabs.Panel>
        <Tabs.Panel value="addresses" pt="md">
          <Addresses urls={urls} publish={stream.ingest?.publish_url} />
        </Tabs.Panel>
        <Tabs.Panel value="pushes" pt="md">
          <Pushes stream={stream} />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

function Hints({ stream }: { stream: StreamDetail }) {
  const text = useText();
  const steps = new Set(stream.history.map(({ step }) => step));
  const hints = Object.entries(text.hints).filter(([step]) => steps.has(step));
  const notes = [...stream.notes, ...hints.map(([, words]) => words)];
  if (notes.length === 0) return null;
  return (
    <Alert color="yellow" variant="outline" icon={<IconBulb />} title={text.stream.hints} mt="md">
      <ul className="hints">
        {notes.map(note => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </Alert>
  );
}

function Addresses({
  urls,
  publish,
}: {
  urls: Readonly<Record<string, string>>;
  publish: string | undefined;
}) {
  const text = useText();
  return (
    <dl className="addresses">
      {Object.entries(urls).map(([format, url]) => (
        <div key={format}>
          <dt>{protocolName(format)}</dt>
          <dd>
            <Copyable value={url} label={protocolName(format)} />
          </dd>
        </div>
      ))}
      {publish && (
        <div>
          <dt>{text.streams.publishTo}</dt>
          <dd>
            <Copyable value={publish} label={text.streams.publishTo} />
          </dd>
        </div>
      )}
    </dl>
  );
}
