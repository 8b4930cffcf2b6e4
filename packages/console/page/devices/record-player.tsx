import { ActionIcon, Group, SegmentedControl, Text } from '@mantine/core';
import {
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconRewindBackward10,
  IconRewindForward30,
} from '@tabler/icons-react';
import { useEffect } from 'react';
import { ApiError } from '../api/client.ts';
import { usePlayUrls, useStream } from '../api/queries.ts';
import { Problem } from '../parts/problem.tsx';
import { formatsOf } from '../player/formats.ts';
import { Player } from '../player/player.tsx';
import { useLanguage } from '../text/text.tsx';
import { SPEEDS } from './playback-clock.ts';
import type { PlaybackSession } from './use-playback-session.ts';

interface RecordPlayerProps {
  readonly label: string;
  readonly session: PlaybackSession;
}

const LOOK_INTERVAL = 1000;

/** The picture of a recording that a device plays, and what it can be told. */
export function RecordPlayer({ label, session }: RecordPlayerProps) {
  const { text, tag } = useLanguage();
  const { records: words } = text;
  const { streamId, isStarted, clock, position } = session;
  const { data: stream, error } = useStream(streamId, LOOK_INTERVAL, isStarted);
  const urls = usePlayUrls(streamId, stream !== undefined).data ?? {};
  // HLS is cut into segments, and seconds behind: nothing for leaps.
  const format = formatsOf(urls).find(name => name !== 'hls') ?? 'flv';
  const isLive = stream?.state === 'live';
  const isGone = error instanceof ApiError && error.status === 404;
  const isOver = clock.since !== undefined && (isGone || stream?.ingest?.state === 'closed');
  useEffect(() => {
    if (isLive) session.onPicture();
  }, [isLive]);
  const leap = (seconds: number) => session.seek(position + seconds * 1000);
  const time = new Intl.DateTimeFormat(tag, { timeStyle: 'medium', hour12: false });
  return (
    <>
      <Player
        label={label}
        format={format}
        url={isOver ? undefined : urls[format]}
        stream={isOver ? { state: 'ended', tracks: [] } : stream}
        playback={clock}
      />
      <Group mt="sm" gap="xs" role="group" aria-label={words.controls}>
        <ActionIcon
          variant="default"
          size={36}
          aria-label={words.back}
          disabled={isOver}
          onClick={() => leap(-10)}
        >
          <IconRewindBackward10 size={19} />
        </ActionIcon>
        <ActionIcon
          size={36}
          aria-label={clock.isPaused ? words.resume : words.pause}
          disabled={isOver || !isLive}
          onClick={clock.isPaused ? session.resume : session.pause}
        >
          {clock.isPaused ? <IconPlayerPlayFilled size={18} /> : <IconPlayerPauseFilled size={18} />}
        </ActionIcon>
        <ActionIcon
          variant="default"
          size={36}
          aria-label={words.forward}
          disabled={isOver}
          onClick={() => leap(30)}
        >
          <IconRewindForward30 size={19} />
        </ActionIcon>
        <SegmentedControl
          size="xs"
          aria-label={words.speed}
          value={String(clock.speed)}
          disabled={isOver}
          onChange={value => session.setSpeed(Number(value))}
          data={SPEEDS.map(speed => ({ value: String(speed), label: `${speed}×` }))}
        />
        <Text className="figure" fw={600} ml="auto">
          {isOver ? words.over : time.format(new Date(position))}
        </Text>
      </Group>
      <Problem error={session.error} />
    </>
  );
}
