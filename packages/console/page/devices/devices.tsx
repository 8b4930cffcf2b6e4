import { NavLink, Paper, Text } from '@mantine/core';
import { IconCamera, IconFolder, IconRouter } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import type { Gb28181Device } from '../api/types.ts';
import { Empty } from '../parts/empty.tsx';
import { Loading, Page } from '../parts/page.tsx';
import { Problem } from '../parts/problem.tsx';
import { State } from '../parts/state.tsx';
import { useText } from '../text/text.tsx';
import { ChannelView } from './channel-view.tsx';
import { type Channel, type ChannelNode, treeOf } from './device.ts';
import './devices.css';
import { useChannels, useDevices } from './queries.ts';

interface Chosen {
  readonly device: Gb28181Device;
  readonly channel: Channel;
}

/** Devices that registered by GB28181, their channels as a tree, and the chosen channel's picture and controls. */
export function Devices() {
  const text = useText();
  const { devices: words } = text;
  const [chosen, setChosen] = useState<Chosen>();
  const { data, error, refetch } = useDevices();
  return (
    <Page title={words.title}>
      <Problem error={error} onRetry={() => void refetch()} />
      {!data && !error && <Loading />}
      {data?.length === 0 && <Empty icon={IconRouter} title={words.empty} why={words.emptyWhy} />}
      {data && data.length > 0 && (
        <div className="devices">
          <Paper p="xs" component="nav" aria-label={words.title}>
            {data.map(device => (
              <DeviceBranch
                key={device.id}
                device={device}
                chosen={chosen?.channel.id}
                onChoose={channel => setChosen({ device, channel })}
              />
            ))}
          </Paper>
          <div>
            {chosen ? (
              <ChannelView
                key={`${chosen.device.id} ${chosen.channel.id}`}
                deviceId={chosen.device.id}
                channel={chosen.channel}
              />
            ) : (
              <Empty icon={IconCamera} title={words.pick} why={words.pickWhy} />
            )}
          </div>
        </div>
      )}
    </Page>
  );
}

interface BranchProps {
  readonly device: Gb28181Device;
  readonly chosen: string | undefined;
  onChoose(channel: Channel): void;
}

function DeviceBranch({ device, chosen, onChoose }: BranchProps) {
  const { devices: words } = useText();
  const [isOpen, setOpen] = useState(false);
  const { data, error } = useChannels(device.id, isOpen);
  const tree = useMemo(() => data && treeOf(data), [data]);
  return (
    <NavLink
      component="button"
      label={device.name || device.id}
      description={<State name={device.online ? 'online' : 'offline'} />}
      leftSection={<IconRouter size={18} stroke={1.6} />}
      opened={isOpen}
      onChange={setOpen}
      childrenOffset={16}
    >
      {error && <Problem error={error} />}
      {tree?.length === 0 && (
        <Text size="sm" c="dimmed" p="xs">
          {words.noChannels}
        </Text>
      )}
      {tree ? (
        tree.map(node => <Branch key={node.channel.id} node={node} chosen={chosen} onChoose={onChoose} />)
      ) : (
        <span />
      )}
    </NavLink>
  );
}

function Branch({
  node,
  chosen,
  onChoose,
}: {
  node: ChannelNode;
  chosen: string | undefined;
  onChoose: BranchProps['onChoose'];
}) {
  const { channel, children } = node;
  const Sign = children.length > 0 ? IconFolder : IconCamera;
  return (
    <NavLink
      component="button"
      label={channel.name || channel.id}
      leftSection={<Sign size={16} stroke={1.6} />}
      active={channel.id === chosen}
      disabled={children.length === 0 && channel.online === false}
      childrenOffset={16}
      onClick={() => children.length === 0 && onChoose(channel)}
    >
      {children.length > 0
        ? children.map(child => (
            <Branch key={child.channel.id} node={child} chosen={chosen} onChoose={onChoose} />
          ))
        : null}
    </NavLink>
  );
}
