import { ActionIcon, Anchor, Group, Modal, Table, TextInput } from '@mantine/core';
import { IconDownload, IconMovie, IconPlayerPlay, IconTrash } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { Moment } from '../administration/show.tsx';
import { request } from '../api/client.ts';
import { useAccess } from '../api/session.tsx';
import { useAsk } from '../parts/confirm.tsx';
import { Empty } from '../parts/empty.tsx';
import { bytes, duration } from '../parts/format.ts';
import { Loading, Page } from '../parts/page.tsx';
import { Problem } from '../parts/problem.tsx';
import { State } from '../parts/state.tsx';
import { TableFrame } from '../parts/table-frame.tsx';
import { useText } from '../text/text.tsx';
import { DayLine } from './day-line.tsx';
import { dayOf, type Recording, rangeOfDay } from './recording.ts';
import './recordings.css';

const LIMIT = 1000;

/** What was recorded on a day: on a time line, and as a list. */
export function Recordings() {
  const text = useText();
  const words = text.recordings;
  const [day, setDay] = useState(() => dayOf(new Date()));
  const [streamId, setStreamId] = useState('');
  const [played, setPlayed] = useState<Recording>();
  const { data, error, refetch } = useQuery({
    queryKey: ['recordings', day, streamId],
    queryFn: async () => {
      const query = new URLSearchParams({ ...rangeOfDay(day), limit: String(LIMIT) });
      if (streamId) query.set('stream_id', streamId);
      return (await request<{ recordings: readonly Recording[] }>('GET', `/recordings?${query}`)).recordings;
    },
    refetchInterval: 10_000,
  });
  return (
    <Page title={words.title}>
      <div className="filters">
        <TextInput
          type="search"
          aria-label={words.stream}
          placeholder={words.stream}
          value={streamId}
          onChange={event => setStreamId(event.currentTarget.value.trim())}
        />
        <TextInput
          type="date"
          aria-label={words.day}
          className="filter"
          value={day}
          max={dayOf(new Date())}
          onChange={event => event.currentTarget.value && setDay(event.currentTarget.value)}
        />
      </div>
      <Problem error={error} onRetry={() => void refetch()} />
      {!data && !error && <Loading />}
      {data?.length === 0 && <Empty icon={IconMovie} title={words.empty} why={words.emptyWhy} />}
      {data && data.length > 0 && (
        <>
          <DayLine day={day} recordings={data} onChoose={setPlayed} />
          <RecordingTable recordings={data} onPlay={setPlayed} />
        </>
      )}
      <Modal
        opened={played !== undefined}
        onClose={() => setPlayed(undefined)}
        size="xl"
        title={played && `${played.stream_id}`}
        closeButtonProps={{ 'aria-label': text.common.close }}
      >
        {played && (
          // biome-ignore lint/a11y/useMediaCaption: cameras have none
          <video className="recording" src={played.url} controls autoPlay aria-label={played.stream_id} />
        )}
      </Modal>
    </Page>
  );
}

interface TableProps {
  readonly recordings: readonly Recording[];
  onPlay(recording: Recording): void;
}

function RecordingTable({ recordings, onPlay }: TableProps) {
  const text = useText();
  const words = text.recordings;
  const ask = useAsk();
  const { may } = useAccess();
  const queries = useQueryClient();
  const remove = (recording: Recording) =>
    ask({
      title: words.removeTitle,
      why: words.removeWhy,
      action: text.common.remove,
      act: async () => {
        await request('DELETE', `/recordings/${encodeURIComponent(recording.id)}`);
        await queries.invalidateQueries({ queryKey: ['recordings'] });
      },
    });
  return (
    <TableFrame label={words.title}>
      <Table horizontalSpacing="md" verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{words.stream}</Table.Th>
            <Table.Th>{words.start}</Table.Th>
            <Table.Th className="number">{words.length}</Table.Th>
            <Table.Th className="number">{words.size}</Table.Th>
            <Table.Th className="number">{text.common.actions}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {recordings.map(recording => (
            <Table.Tr key={recording.id}>
              <Table.Td>
                <Anchor component={Link} href={`/streams/${encodeURIComponent(recording.stream_id)}`}>
                  {recording.stream_id}
                </Anchor>
                {recording.state === 'recording' && <State name="recording" />}
              </Table.Td>
              <Table.Td>
                <Moment value={recording.started_at} />
              </Table.Td>
              <Table.Td className="number">{duration(recording.duration_seconds, text.units)}</Table.Td>
              <Table.Td className="number">{bytes(recording.size)}</Table.Td>
              <Table.Td>
                <Group gap={4} justify="flex-end" wrap="nowrap">
                  <ActionIcon
                    variant="subtle"
                    disabled={recording.format !== 'fmp4'}
                    aria-label={`${words.play}: ${recording.stream_id}`}
                    onClick={() => onPlay(recording)}
                  >
                    <IconPlayerPlay size={18} />
                  </ActionIcon>
                  <ActionIcon
                    component="a"
                    href={recording.url}
                    download
                    variant="subtle"
                    color="gray"
                    aria-label={`${words.download}: ${recording.stream_id}`}
                  >
                    <IconDownload size={18} />
                  </ActionIcon>
                  {may('operator') && !recording.held && recording.state === 'finished' && (
                    <ActionIcon
                      variant="subtle"
                      color="red.8"
                      aria-label={`${text.common.remove}: ${recording.stream_id}`}
                      onClick={() => remove(recording)}
                    >
                      <IconTrash size={18} />
                    </ActionIcon>
                  )}
                </Group>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </TableFrame>
  );
}
