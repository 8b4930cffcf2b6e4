import { Text } from '@mantine/core';
import type { HistoryEntry } from '../api/types.ts';
import { useLanguage } from '../text/text.tsx';
import './time-line.css';

/** How much a step matters to somebody who looks for what went wrong. */
const TONES: Readonly<Record<string, string>> = {
  published: 'good',
  connected: 'good',
  'first-key-frame': 'good',
  'publisher-refused': 'bad',
  'bad-media': 'bad',
  reconnecting: 'warn',
  'authentication-refused': 'bad',
  'given-up': 'bad',
  'no-media': 'bad',
  'packets-lost': 'warn',
  'fell-back': 'warn',
  'publisher-closed': 'warn',
  'viewer-stalled': 'warn',
  'time-mended': 'warn',
  'gop-too-long': 'warn',
  'left-out': 'warn',
};

/** What happened to a stream, in words, the newest first. */
export function TimeLine({ entries }: { entries: readonly HistoryEntry[] }) {
  const { text, tag } = useLanguage();
  const clock = new Intl.DateTimeFormat(tag, { timeStyle: 'medium', hour12: false });
  const full = new Intl.DateTimeFormat(tag, { dateStyle: 'medium', timeStyle: 'medium' });
  if (entries.length === 0)
    return (
      <Text c="dimmed" size="sm">
        {text.stream.noHistory}
      </Text>
    );
  return (
    <ol className="time-line">
      {entries.toReversed().map(entry => (
        <li key={`${entry.at} ${entry.step} ${entry.detail}`} data-tone={TONES[entry.step] ?? 'plain'}>
          <time dateTime={entry.at} title={full.format(new Date(entry.at))}>
            {clock.format(new Date(entry.at))}
          </time>
          <span className="mark" aria-hidden />
          <div>
            <b>{text.steps[entry.step] ?? entry.step}</b>
            {entry.count > 1 && <small>{text.stream.times(entry.count)}</small>}
            {entry.detail && <p>{entry.detail}</p>}
          </div>
        </li>
      ))}
    </ol>
  );
}
