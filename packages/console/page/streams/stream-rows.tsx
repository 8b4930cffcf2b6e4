import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { memo, useLayoutEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import type { StreamSummary } from '../api/types.ts';
import { bitrate, duration, protocolName, trackSummary } from '../parts/format.ts';
import { State, stateOf } from '../parts/state.tsx';
import { Thumbnail } from '../parts/thumbnail.tsx';
import { useText } from '../text/text.tsx';

const ROW = 66;
/** On a phone a row has two lines more. */
const NARROW_ROW = 92;
const NARROW = 700;

/** Rows of which only those that are seen exist: hundreds of streams stay smooth. */
export function StreamRows({ streams }: { streams: readonly StreamSummary[] }) {
  const text = useText();
  const root = useRef<HTMLUListElement>(null);
  const [top, setTop] = useState(0);
  const [isNarrow, setNarrow] = useState(innerWidth < NARROW);
  useLayoutEffect(() => {
    const measure = () => {
      setNarrow(innerWidth < NARROW);
      if (root.current) setTop(root.current.getBoundingClientRect().top + scrollY);
    };
    measure();
    addEventListener('resize', measure);
    return () => removeEventListener('resize', measure);
  }, []);
  const height = isNarrow ? NARROW_ROW : ROW;
  const rows = useWindowVirtualizer({
    count: streams.length,
    estimateSize: () => height,
    overscan: 8,
    scrollMargin: top,
    getItemKey: index => streams[index]?.stream_id ?? index,
  });
  // Rows are measured anew when they become another height.
  useLayoutEffect(() => rows.measure(), [height]);
  return (
    <div className="streams">
      <div className="stream-titles" aria-hidden>
        <span />
        <span>{text.streams.name}</span>
        <span>{text.streams.state}</span>
        <span>{text.streams.tracks}</span>
        <span className="number">{text.streams.bitrate}</span>
        <span className="number">{text.streams.viewers}</span>
        <span className="number">{text.streams.uptime}</span>
      </div>
      <ul ref={root} className="stream-rows" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map(item => {
          const stream = streams[item.index];
          if (!stream) return null;
          return (
            <li
              key={item.key}
              aria-setsize={streams.length}
              aria-posinset={item.index + 1}
              className="stream-row"
              style={{ height: item.size, transform: `translateY(${item.start - top}px)` }}
            >
              <Row stream={stream} />
            </li>
          );
        })}
      </ul>
    </div>
  );
}

const Row = memo(function Row({ stream }: { stream: StreamSummary }) {
  const text = useText();
  const id = stream.stream_id;
  const isThere = stream.state !== 'waiting';
  const media =
    trackSummary(stream.tracks) ||
    stream.ingest?.last_error ||
    stream.ingest?.url ||
    text.streams.waitingSource;
  return (
    <Link href={`/streams/${encodeURIComponent(id)}`} className="stream-link">
      <Thumbnail streamId={id} isLive={stream.state === 'live'} />
      <span className="stream-name">
        <b>{id}</b>
        <small>{stream.protocol ? protocolName(stream.protocol) : ''}</small>
      </span>
      <State name={stateOf(stream)} />
      <span className="stream-media">{media}</span>
      <span className="number stream-figure">{isThere ? bitrate(stream.bitrate) : ''}</span>
      <span className="number stream-figure" title={text.streams.watched(stream.viewers.count)}>
        {stream.viewers.count}
      </span>
      <span className="number stream-figure stream-uptime">
        {isThere ? duration(stream.uptime_seconds, text.units) : ''}
      </span>
    </Link>
  );
});
