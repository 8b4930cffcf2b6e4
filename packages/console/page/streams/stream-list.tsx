import { Button, Select, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconPlus, IconSearch, IconVideoPlus, IconZoomCancel } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { useSearch } from 'wouter';
import { useAddCamera } from '../add-camera/add-camera.tsx';
import { useProtocols, useStreams } from '../api/queries.ts';
import { useAccess } from '../api/session.tsx';
import type { Protocol, StreamState } from '../api/types.ts';
import { Copyable } from '../parts/copyable.tsx';
import { Empty } from '../parts/empty.tsx';
import { protocolName } from '../parts/format.ts';
import { Loading, Page } from '../parts/page.tsx';
import { Problem } from '../parts/problem.tsx';
import { useText } from '../text/text.tsx';
import { StreamRows } from './stream-rows.tsx';
import './streams.css';

const STATES = ['live', 'waiting', 'discovering', 'interrupted'] as const;
const PUBLISHING = new Set(['rtmp', 'rtsp', 'gb28181', 'srt', 'webrtc']);
const TYPING = 200;
const DEFAULT_RTMP_PORT = '1935';

/** All streams, found by name, state and protocol. */
export function StreamList() {
  const text = useText();
  const { may } = useAccess();
  const addCamera = useAddCamera();
  const [part, setPart] = useState('');
  const [state, setState] = useState<StreamState | ''>('');
  const [protocol, setProtocol] = useState('');
  const [q] = useDebouncedValue(part, TYPING);
  const streams = useStreams({
    ...(q ? { q } : {}),
    ...(state ? { state } : {}),
    ...(protocol ? { protocol } : {}),
  });
  const protocols = useProtocols();
  const find = useRef<HTMLInputElement>(null);
  const search = useSearch();
  useEffect(() => {
    if (search === 'find') find.current?.focus();
  }, [search]);
  const isFiltered = part !== '' || state !== '' || protocol !== '';
  const clear = () => {
    setPart('');
    setState('');
    setProtocol('');
  };
  const publishing = protocols.data?.filter(({ protocol: name }) => PUBLISHING.has(name));
  const found = streams.data;
  const add = may('operator') && (
    <Button leftSection={<IconPlus size={18} />} onClick={addCamera}>
      {text.streams.add}
    </Button>
  );
  return (
    <Page title={text.streams.title} actions={add}>
      <div className="filters">
        <TextInput
          ref={find}
          type="search"
          aria-label={text.streams.search}
          placeholder={text.streams.search}
          leftSection={<IconSearch size={16} />}
          value={part}
          onChange={event => setPart(event.currentTarget.value)}
        />
        <Select
          className="filter"
          aria-label={text.streams.state}
          value={state}
          onChange={value => setState((value ?? '') as StreamState | '')}
          data={[
            { value: '', label: text.streams.anyState },
            ...STATES.map(value => ({ value, label: text.states[value] ?? value })),
          ]}
        />
        <Select
          className="filter"
          aria-label={text.stream.protocol}
          value={protocol}
          onChange={value => setProtocol(value ?? '')}
          data={[
            { value: '', label: text.streams.anyProtocol },
            ...(publishing ?? []).map(({ protocol: value }) => ({ value, label: protocolName(value) })),
          ]}
        />
        {found && <span className="found">{text.streams.shown(found.streams.length, found.total)}</span>}
      </div>
      <Problem error={streams.error} onRetry={() => void streams.refetch()} />
      {!found && !streams.error && <Loading />}
      {found && found.streams.length > 0 && <StreamRows streams={found.streams} />}
      {found?.streams.length === 0 &&
        (isFiltered ? (
          <Empty icon={IconZoomCancel} title={text.streams.noMatch} why={text.streams.noMatchWhy}>
            <Button variant="default" onClick={clear}>
              {text.streams.clear}
            </Button>
          </Empty>
        ) : (
          <Empty icon={IconVideoPlus} title={text.streams.empty} why={text.streams.emptyWhy}>
            <PublishAddress protocols={protocols.data} />
          </Empty>
        ))}
    </Page>
  );
}

/** Where an encoder can publish right away. */
function PublishAddress({ protocols }: { protocols: readonly Protocol[] | undefined }) {
  const { streams } = useText();
  const url = publishUrl(protocols, 'test');
  return url ? <Copyable value={url} label={streams.publishTo} /> : null;
}

export function publishUrl(protocols: readonly Protocol[] | undefined, name: string): string | undefined {
  const address = protocols?.find(({ protocol }) => protocol === 'rtmp')?.listening[0];
  if (!address) return undefined;
  const port = address.slice(address.lastIndexOf(':') + 1);
  return `rtmp://${location.hostname}${port === DEFAULT_RTMP_PORT ? '' : `:${port}`}/live/${name}`;
}
