import { ActionIcon, Button, SegmentedControl, Tooltip } from '@mantine/core';
import { IconLayoutGrid, IconMaximize } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import { Link, useSearchParams } from 'wouter';
import { useStreams } from '../api/queries.ts';
import { Empty } from '../parts/empty.tsx';
import { Loading, Page } from '../parts/page.tsx';
import { Problem } from '../parts/problem.tsx';
import { useText } from '../text/text.tsx';
import { arrange, keepPlaces, keptPlaces } from './places.ts';
import { Tile } from './tile.tsx';
import './wall.css';

const SIZES = [1, 4, 9, 16];
const DEFAULT_SIZE = 4;

/** Several streams at once. How many is in the address; which ones, in this browser. */
export function Wall() {
  const { wall: text, streams: streamText } = useText();
  const [search, setSearch] = useSearchParams();
  const asked = Number(search.get('n'));
  const size = SIZES.includes(asked) ? asked : DEFAULT_SIZE;
  const [places, setPlaces] = useState(keptPlaces);
  const { data, error, refetch } = useStreams();
  const grid = useRef<HTMLDivElement>(null);
  const all = data?.streams ?? [];
  const shown = arrange(places, all, size);
  const put = (index: number, id: string | undefined) => {
    const next = [...shown];
    next[index] = id ?? '';
    setPlaces(next);
    keepPlaces(next);
  };
  const fill = () => {
    setPlaces([]);
    keepPlaces([]);
  };
  const actions = (
    <>
      <SegmentedControl
        aria-label={text.size}
        value={String(size)}
        onChange={value => setSearch({ n: value }, { replace: true })}
        data={SIZES.map(String)}
      />
      <Button variant="default" onClick={fill}>
        {text.automatic}
      </Button>
      <Tooltip label={text.fullscreen}>
        <ActionIcon
          variant="default"
          size={36}
          aria-label={text.fullscreen}
          onClick={() => void grid.current?.requestFullscreen()}
        >
          <IconMaximize size={18} />
        </ActionIcon>
      </Tooltip>
    </>
  );
  return (
    <Page title={text.title} actions={actions}>
      <Problem error={error} onRetry={() => void refetch()} />
      {!data && !error && <Loading />}
      {data && all.length === 0 && (
        <Empty icon={IconLayoutGrid} title={text.noStreams} why={text.noStreamsWhy}>
          <Button component={Link} href="/streams" variant="default">
            {streamText.title}
          </Button>
        </Empty>
      )}
      {all.length > 0 && (
        <div ref={grid} className="wall" data-size={size}>
          {shown.map((id, index) => (
            <Tile
              // A place keeps its player while the same stream is on it.
              key={`${index} ${id}`}
              stream={all.find(stream => stream.stream_id === id)}
              streamId={id || undefined}
              choices={all}
              onChoose={chosen => put(index, chosen)}
            />
          ))}
        </div>
      )}
    </Page>
  );
}
