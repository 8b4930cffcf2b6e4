import type { Recording } from '../api/types.ts';
import { DayBar, DayHours } from '../calendar/day-bar.tsx';
import { useText } from '../text/text.tsx';

interface DayLinesProps {
  readonly day: string;
  readonly recordings: readonly Recording[];
  /** `at`: the time of the day that was pointed at. */
  onChoose(recording: Recording, at: Date): void;
}

const MAX_STREAMS = 12;

/** A day as a line for each stream, with what was recorded on it. */
export function DayLines({ day, recordings, onChoose }: DayLinesProps) {
  const { recordings: words } = useText();
  const streams = [...new Set(recordings.map(({ stream_id }) => stream_id))].slice(0, MAX_STREAMS);
  return (
    <section className="day day-streams" aria-label={words.timeline}>
      <DayHours />
      {streams.map(id => (
        <div key={id} className="day-stream">
          <span className="day-name">{id}</span>
          <DayBar
            day={day}
            action={`${words.play}: ${id}`}
            stretches={recordings
              .filter(recording => recording.stream_id === id)
              .map(recording => ({
                key: recording.id,
                from: recording.started_at,
                to: recording.ended_at,
                recording,
              }))}
            onChoose={({ recording }, at) => onChoose(recording, at)}
          />
        </div>
      ))}
    </section>
  );
}
