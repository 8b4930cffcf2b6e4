import { Text } from '@mantine/core';
import { IconVideo, IconVolume } from '@tabler/icons-react';
import type { Track } from '../api/types.ts';
import { bitrate, codec, resolution } from '../parts/format.ts';
import { isPlayable } from '../player/formats.ts';
import { useText } from '../text/text.tsx';

/** Each track of a stream, and whether this browser can play it. */
export function TrackCards({ tracks }: { tracks: readonly Track[] }) {
  const { stream: text, common } = useText();
  if (tracks.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {common.none}
      </Text>
    );
  return (
    <ul className="tracks">
      {tracks.map(track => {
        const Sign = track.kind === 'video' ? IconVideo : IconVolume;
        const figures = [
          resolution(track),
          track.frame_rate > 0 && track.kind === 'video' && `${track.frame_rate.toFixed(1)}\u00a0fps`,
          track.sample_rate && `${track.sample_rate / 1000}\u00a0kHz`,
          track.channels && text.channels(track.channels),
          bitrate(track.bitrate),
          track.kind === 'video' && text.keyFrames(track.key_frames),
        ];
        return (
          <li key={track.id}>
            <Sign size={20} stroke={1.5} aria-label={text[track.kind]} role="img" />
            <div>
              <b>{[codec(track), track.profile].filter(Boolean).join(' ')}</b>
              <p>{figures.filter(Boolean).join(' · ')}</p>
              {!isPlayable(track) && <p className="last-error">{text.unplayable}</p>}
            </div>
          </li>
        );
      })}
    </ul>
  );
}
