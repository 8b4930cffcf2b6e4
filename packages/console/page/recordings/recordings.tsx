import { Button, Modal, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconMovie, IconSearch } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { client, take } from '../api/client.ts';
import type { Recording } from '../api/types.ts';
import { dayOf, monthOf, rangeOfDay } from '../calendar/day.ts';
import { DayPicker } from '../calendar/day-picker.tsx';
import { Empty } from '../parts/empty.tsx';
import { Loading, Page } from '../parts/page.tsx';
import { Problem } from '../parts/problem.tsx';
import { useText } from '../text/text.tsx';
import { DayLines } from './day-lines.tsx';
import { RecordingTable } from './recording-table.tsx';
import './recordings.css';

const LIMIT = 1000;
const TYPING = 300;

interface Played {
  readonly recording: Recording;
  /** Seconds from its beginning. */
  readonly from: number;
}

/** What was recorded on a day: on a time line, and as a list. */
export function Recordings() {
  const text = useText();
  const words = text.recordings;
  const [day, setDay] = useState(() => dayOf(new Date()));
  const [month, setMonth] = useState(() => monthOf(day));
  const [typed, setTyped] = useState('');
  const [streamId] = useDebouncedValue(typed, TYPING);
  const [played, setPlayed] = useState<Played>();
  const ofStream = streamId ? { stream_id: streamId } : {};
  const { data, error, refetch } = useQuery({
    queryKey: ['recordings', day, streamId],
    queryFn: async () => {
      const query = { ...rangeOfDay(day), limit: LIMIT, ...ofStream };
      return (await take(client.GET('/api/v1/recordings', { params: { query } }))).recordings;
    },
    refetchInterval: 10_000,
  });
  const days = useQuery({
    queryKey: ['recordings', 'days', month, streamId],
    queryFn: async () => {
      const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
      const query = { month, time_zone: timeZone, ...ofStream };
      return new Set((await take(client.GET('/api/v1/recordings/days', { params: { query } }))).days);
    },
    placeholderData: keepPreviousData,
  });
  const play = (recording: Recording, at = new Date(recording.started_at)) =>
    setPlayed({ recording, from: (at.getTime() - Date.parse(recording.started_at)) / 1000 });
  return (
    <Page title={words.title}>
      <div className="filters">
        <TextInput
          type="search"
          aria-label={words.stream}
          placeholder={words.stream}
          leftSection={<IconSearch size={16} />}
          value={typed}
          onChange={event => setTyped(event.currentTarget.value.trim())}
        />
        <DayPicker day={day} marked={days.data} onChange={setDay} onMonth={setMonth} />
      </div>
      <Problem error={error ?? days.error} onRetry={() => void refetch()} />
      {!data && !error && <Loading />}
      {data?.length === 0 && (
        <Empty icon={IconMovie} title={words.empty} why={words.emptyWhy}>
          <Button component={Link} href="/streams" variant="default">
            {words.toStreams}
          </Button>
        </Empty>
      )}
      {data && data.length > 0 && (
        <>
          <DayLines day={day} recordings={data} onChoose={play} />
          <RecordingTable recordings={data} onPlay={play} />
        </>
      )}
      <Modal
        opened={played !== undefined}
        onClose={() => setPlayed(undefined)}
        size="xl"
        title={played?.recording.stream_id}
        closeButtonProps={{ 'aria-label': text.common.close }}
      >
        {played && (
          // biome-ignore lint/a11y/useMediaCaption: cameras have none
          <video
            className="recording"
            src={`${played.recording.url}#t=${Math.floor(played.from)}`}
            controls
            autoPlay
            aria-label={played.recording.stream_id}
          />
        )}
      </Modal>
    </Page>
  );
}
