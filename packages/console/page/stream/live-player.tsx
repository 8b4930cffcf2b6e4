import { SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import type { StreamDetail } from '../api/types.ts';
import { protocolName } from '../parts/format.ts';
import { type Format, formatsOf, preferFormat, preferredFormat } from '../player/formats.ts';
import { LastPicture } from '../player/last-picture.tsx';
import { Player } from '../player/player.tsx';
import { startsWithSound } from '../settings/preferences.ts';
import { useText } from '../text/text.tsx';
import './stream.css';

interface LivePlayerProps {
  readonly stream: StreamDetail;
  readonly urls: Readonly<Record<string, string>>;
}

/** The picture, the switch between the protocols by which it comes, and how far behind it is. */
export function LivePlayer({ stream, urls }: LivePlayerProps) {
  const { player: text } = useText();
  const [chosen, setChosen] = useState(preferredFormat);
  const [delay, setDelay] = useState<number>();
  const formats = formatsOf(urls);
  const format = formats.includes(chosen) ? chosen : (formats[0] ?? 'flv');
  const choose = (value: string) => {
    setChosen(value as Format);
    preferFormat(value as Format);
  };
  return (
    <div className="stream-picture">
      <Player
        label={text.picture(stream.stream_id)}
        format={format}
        url={urls[format]}
        stream={stream}
        startsWithSound={startsWithSound()}
        onDelay={setDelay}
        behind={stream.state !== 'live' && <LastPicture streamId={stream.stream_id} width={960} />}
      />
      <div className="under-picture">
        {formats.length > 0 && (
          <SegmentedControl
            size="xs"
            aria-label={text.protocol}
            value={format}
            onChange={choose}
            data={formats.map(value => ({ value, label: protocolName(value) }))}
          />
        )}
        {delay !== undefined && stream.state === 'live' && (
          <span className="figure delay">{text.behind(delay.toFixed(1))}</span>
        )}
      </div>
    </div>
  );
}
