import { ActionIcon, Select } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import { usePlayUrls } from '../api/queries.ts';
import type { StreamSummary } from '../api/types.ts';
import { formatsOf, preferredFormat } from '../player/formats.ts';
import { LastPicture } from '../player/last-picture.tsx';
import { Player } from '../player/player.tsx';
import { useText } from '../text/text.tsx';

interface TileProps {
  readonly streamId: string | undefined;
  /** Undefined while the chosen stream is not there. */
  readonly stream: StreamSummary | undefined;
  readonly choices: readonly StreamSummary[];
  onChoose(streamId: string | undefined): void;
}

/** One place of the wall. Its player starts when it is seen and pauses when it is not. */
export function Tile({ streamId, stream, choices, onChoose }: TileProps) {
  const { wall: text, player } = useText();
  const root = useRef<HTMLDivElement>(null);
  const isSeen = useIsSeen(root);
  const urls = usePlayUrls(streamId ?? '', stream !== undefined).data ?? {};
  const formats = formatsOf(urls);
  const preferred = preferredFormat();
  const format = formats.includes(preferred) ? preferred : (formats[0] ?? 'flv');
  return (
    <div ref={root} className="tile">
      {streamId ? (
        <>
          <Player
            label={player.picture(streamId)}
            format={format}
            url={urls[format]}
            stream={stream ?? { state: 'ended', tracks: [] }}
            isSeen={isSeen}
            isSmall
            behind={stream?.state !== 'live' && <LastPicture streamId={streamId} width={480} />}
          />
          <div className="tile-bar">
            <Link href={`/streams/${encodeURIComponent(streamId)}`}>{streamId}</Link>
            <ActionIcon
              variant="transparent"
              color="gray.3"
              size="sm"
              aria-label={`${text.clear}: ${streamId}`}
              onClick={() => onChoose(undefined)}
            >
              <IconX size={16} />
            </ActionIcon>
          </div>
        </>
      ) : (
        <div className="tile-empty">
          <Select
            searchable
            placeholder={text.choose}
            aria-label={text.choose}
            value={null}
            onChange={value => value && onChoose(value)}
            data={choices.map(choice => choice.stream_id)}
            limit={50}
          />
        </div>
      )}
    </div>
  );
}

/** Whether the element is in the window, and the window in front. */
function useIsSeen(root: React.RefObject<Element | null>): boolean {
  const [isInside, setInside] = useState(false);
  const [isInFront, setInFront] = useState(!document.hidden);
  useEffect(() => {
    const element = root.current;
    if (!element) return;
    const observer = new IntersectionObserver(([entry]) => setInside(entry?.isIntersecting ?? false), {
      rootMargin: '100px',
    });
    observer.observe(element);
    const look = () => setInFront(!document.hidden);
    document.addEventListener('visibilitychange', look);
    return () => {
      observer.disconnect();
      document.removeEventListener('visibilitychange', look);
    };
  }, [root]);
  return isInside && isInFront;
}
