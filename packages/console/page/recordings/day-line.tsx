import { useLanguage } from '../text/text.tsx';
import { placeInDay, type Recording } from './recording.ts';

interface DayLineProps {
  readonly day: string;
  readonly recordings: readonly Recording[];
  onChoose(recording: Recording): void;
}

const HOURS = [0, 3, 6, 9, 12, 15, 18, 21, 24];
const MAX_STREAMS = 12;

/** A day as a line for each stream, with what was recorded on it. */
export function DayLine({ day, recordings, onChoose }: DayLineProps) {
  const { text, tag } = useLanguage();
  const clock = new Intl.DateTimeFormat(tag, { timeStyle: 'short', hour12: false });
  const streams = [...new Set(recordings.map(({ stream_id }) => stream_id))].slice(0, MAX_STREAMS);
  return (
    <section className="day" aria-label={text.recordings.timeline}>
      <div className="day-hours" aria-hidden>
        {HOURS.map(hour => (
          <span key={hour}>{hour}</span>
        ))}
      </div>
      {streams.map(id => (
        <div key={id} className="day-stream">
          <span className="day-name">{id}</span>
          <div className="day-bar">
            {recordings
              .filter(recording => recording.stream_id === id)
              .map(recording => {
                const { left, width } = placeInDay(recording, day);
                const from = clock.format(new Date(recording.started_at));
                const to = clock.format(new Date(recording.ended_at));
                return (
                  <button
                    key={recording.id}
                    type="button"
                    style={{ left: `${left * 100}%`, width: `${width * 100}%` }}
                    title={`${from} – ${to}`}
                    aria-label={`${text.recordings.play}: ${id}, ${from} – ${to}`}
                    onClick={() => onChoose(recording)}
                  />
                );
              })}
          </div>
        </div>
      ))}
    </section>
  );
}
