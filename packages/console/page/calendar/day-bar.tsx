import { useLanguage } from '../text/text.tsx';
import { placeInDay, type Stretch } from './day.ts';
import './calendar.css';

const HOURS = [0, 3, 6, 9, 12, 15, 18, 21, 24];

/** The hours that stand above the bars of a day. */
export function DayHours() {
  return (
    <div className="day-hours" aria-hidden>
      {HOURS.map(hour => (
        <span key={hour}>{hour}</span>
      ))}
    </div>
  );
}

export interface RecordedStretch extends Stretch {
  readonly key: string;
}

interface DayBarProps<Recorded extends RecordedStretch> {
  readonly day: string;
  readonly stretches: readonly Recorded[];
  /** What is done with one, in words: `Play: entrance`. */
  readonly action: string;
  /** The time that is being played. */
  readonly at?: Date | undefined;
  /** By the keyboard, at its beginning; by a pointer, where it pointed at. */
  onChoose(stretch: Recorded, at: Date): void;
}

/** A day from left to right, with what was recorded on it. */
export function DayBar<Recorded extends RecordedStretch>(props: DayBarProps<Recorded>) {
  const { day, stretches, action, at, onChoose } = props;
  const { tag } = useLanguage();
  const clock = new Intl.DateTimeFormat(tag, { timeStyle: 'short', hour12: false });
  const percent = (part: number) => `${part * 100}%`;
  return (
    <div className="day-bar">
      {stretches.map(stretch => {
        const { left, width } = placeInDay(stretch, day);
        const [from, to] = [new Date(stretch.from), new Date(stretch.to)];
        const times = `${clock.format(from)} – ${clock.format(to)}`;
        const choose = (event: React.MouseEvent<HTMLElement>) => {
          const { left: edge, width: length } = event.currentTarget.getBoundingClientRect();
          // A key press is a click without a place.
          const part = event.detail === 0 ? 0 : Math.min(1, Math.max(0, (event.clientX - edge) / length));
          const begin = Math.max(from.getTime(), new Date(`${day}T00:00`).getTime());
          onChoose(stretch, new Date(begin + part * (to.getTime() - begin)));
        };
        return (
          <button
            key={stretch.key}
            type="button"
            style={{ left: percent(left), width: percent(width) }}
            title={times}
            aria-label={`${action}, ${times}`}
            onClick={choose}
          />
        );
      })}
      {at && (
        <span
          className="day-at"
          style={{
            left: percent(placeInDay({ from: at.toISOString(), to: at.toISOString() }, day).left),
          }}
          aria-hidden
        />
      )}
    </div>
  );
}
