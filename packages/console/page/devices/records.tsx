import { Button, Group, ScrollArea, Text } from '@mantine/core';
import { IconMovieOff, IconPlayerPlay } from '@tabler/icons-react';
import { useState } from 'react';
import { useAccess } from '../api/session.tsx';
import type { Gb28181Record } from '../api/types.ts';
import { dayOf } from '../calendar/day.ts';
import { DayBar, DayHours } from '../calendar/day-bar.tsx';
import { DayPicker } from '../calendar/day-picker.tsx';
import { Empty } from '../parts/empty.tsx';
import { bytes, duration } from '../parts/format.ts';
import { Loading } from '../parts/page.tsx';
import { Problem } from '../parts/problem.tsx';
import { useLanguage } from '../text/text.tsx';
import { useRecords } from './queries.ts';
import { RecordPlayer } from './record-player.tsx';
import { usePlaybackSession } from './use-playback-session.ts';

interface RecordsProps {
  readonly deviceId: string;
  readonly channelId: string;
  /** What the channel's own picture is called. */
  readonly liveId: string;
  readonly name: string;
}

interface Chosen {
  readonly record: Gb28181Record;
  /** Milliseconds since 1970 at which it is to begin. */
  readonly at: number;
  /** Another one is another playback, also of the same record. */
  readonly turn: number;
}

/** What a device itself recorded of a channel on a day, on a time line and as a list, and played from any moment. */
export function Records({ deviceId, channelId, liveId, name }: RecordsProps) {
  const { text, tag } = useLanguage();
  const { records: words, units } = text;
  const { may } = useAccess();
  const [day, setDay] = useState(() => dayOf(new Date()));
  const [chosen, setChosen] = useState<Chosen>();
  const { data, error, refetch, isFetching } = useRecords(deviceId, channelId, day);
  const clock = new Intl.DateTimeFormat(tag, { timeStyle: 'medium', hour12: false });
  const choose = (record: Gb28181Record, at = new Date(record.from)) => {
    if (may('operator')) setChosen(before => ({ record, at: at.getTime(), turn: (before?.turn ?? 0) + 1 }));
  };
  const changeDay = (next: string) => {
    setChosen(undefined);
    setDay(next);
  };
  return (
    <>
      <Group mb="sm">
        <DayPicker day={day} onChange={changeDay} />
      </Group>
      <Problem error={error} onRetry={() => void refetch()} />
      {isFetching && !data && <Loading />}
      {data?.records.length === 0 && (
        <Empty icon={IconMovieOff} title={words.none} why={words.noneWhy}>
          {null}
        </Empty>
      )}
      {data && data.records.length > 0 && (
        <>
          {chosen ? (
            <Playing
              key={chosen.turn}
              {...{ deviceId, channelId, liveId, name, day, chosen, choose }}
              records={data.records}
            />
          ) : (
            <Line day={day} records={data.records} name={name} onChoose={choose} />
          )}
          {!data.complete && (
            <Text size="sm" c="dimmed" my="xs">
              {words.incomplete(data.records.length, data.total)}
            </Text>
          )}
          <ScrollArea.Autosize mah={320} mt="sm">
            <ul className="records">
              {data.records.map(record => (
                <li key={`${record.from} ${record.name}`}>
                  <Button
                    variant={record === chosen?.record ? 'light' : 'subtle'}
                    size="compact-sm"
                    leftSection={<IconPlayerPlay size={15} />}
                    disabled={!may('operator')}
                    onClick={() => choose(record)}
                  >
                    {clock.format(new Date(record.from))} – {clock.format(new Date(record.to))}
                  </Button>
                  <span>
                    {duration((Date.parse(record.to) - Date.parse(record.from)) / 1000, units)}
                    {record.bytes !== undefined && ` · ${bytes(record.bytes)}`}
                  </span>
                </li>
              ))}
            </ul>
          </ScrollArea.Autosize>
        </>
      )}
    </>
  );
}

interface LineProps {
  readonly day: string;
  readonly records: readonly Gb28181Record[];
  readonly name: string;
  readonly at?: Date;
  onChoose(record: Gb28181Record, at: Date): void;
}

function Line({ day, records, name, at, onChoose }: LineProps) {
  const { records: words } = useLanguage().text;
  const stretches = records.map(record => ({ ...record, key: `${record.from} ${record.name}` }));
  return (
    <section className="day" aria-label={words.timeline}>
      <DayHours />
      <DayBar
        day={day}
        stretches={stretches}
        action={`${words.play}: ${name}`}
        at={at}
        onChoose={(stretch, moment) => {
          const record = records[stretches.indexOf(stretch)];
          if (record) onChoose(record, moment);
        }}
      />
    </section>
  );
}

interface PlayingProps extends RecordsProps {
  readonly day: string;
  readonly records: readonly Gb28181Record[];
  readonly chosen: Chosen;
  choose(record: Gb28181Record, at: Date): void;
}

function Playing({ deviceId, channelId, liveId, name, day, records, chosen, choose }: PlayingProps) {
  const from = new Date(chosen.at).toISOString();
  const session = usePlaybackSession({ deviceId, channelId, liveId }, { from, to: chosen.record.to });
  const onChoose = (record: Gb28181Record, at: Date) => {
    // Within what the device is playing it leaps; anything else is another playback.
    if (record === chosen.record && at.getTime() >= chosen.at) session.seek(at.getTime());
    else choose(record, at);
  };
  return (
    <>
      <RecordPlayer label={name} session={session} />
      <div className="records-line">
        <Line day={day} records={records} name={name} at={new Date(session.position)} onChoose={onChoose} />
      </div>
    </>
  );
}
