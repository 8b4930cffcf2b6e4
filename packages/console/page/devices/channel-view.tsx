import { Tabs, Text } from '@mantine/core';
import { useAccess } from '../api/session.tsx';
import { useText } from '../text/text.tsx';
import { type Channel, liveIdOf } from './device.ts';
import { LiveView } from './live-view.tsx';
import { Records } from './records.tsx';

/** A channel of a device: what it sees, and what the device recorded of it. */
export function ChannelView({ deviceId, channel }: { deviceId: string; channel: Channel }) {
  const { devices: words, records } = useText();
  const hasRecords = useAccess().has('/gb28181/devices/{device_id}/channels/{channel_id}/records');
  const name = channel.name || channel.id;
  return (
    <>
      <Text component="h2" fw={650} mb="xs">
        {name}
      </Text>
      <Tabs defaultValue="live" keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="live">{words.live}</Tabs.Tab>
          {hasRecords && <Tabs.Tab value="records">{records.title}</Tabs.Tab>}
        </Tabs.List>
        <Tabs.Panel value="live">
          <LiveView deviceId={deviceId} channel={channel} />
        </Tabs.Panel>
        <Tabs.Panel value="records">
          <Records {...{ deviceId, channelId: channel.id, liveId: liveIdOf(deviceId, channel), name }} />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}
