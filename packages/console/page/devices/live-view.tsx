import { Anchor, Button } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { Link } from 'wouter';
import { ApiError, api } from '../api/client.ts';
import { usePlayUrls, useStream } from '../api/queries.ts';
import { useAccess } from '../api/session.tsx';
import { Problem } from '../parts/problem.tsx';
import { LivePlayer } from '../stream/live-player.tsx';
import { useText } from '../text/text.tsx';
import { type Channel, liveIdOf } from './device.ts';
import { Presets } from './presets.tsx';
import { Ptz } from './ptz.tsx';

const LOOK_INTERVAL = 1000;

/** The picture of a channel, once it is opened, and the control of its camera. */
export function LiveView({ deviceId, channel }: { deviceId: string; channel: Channel }) {
  const channelId = channel.id;
  const { devices: words, stream: streamWords } = useText();
  const { may, has } = useAccess();
  const id = liveIdOf(deviceId, channel);
  const { data: stream, error } = useStream(id, LOOK_INTERVAL);
  const urls = usePlayUrls(id, stream !== undefined).data ?? {};
  const opening = useMutation({
    mutationFn: () =>
      api.ingest({
        protocol: 'gb28181',
        source: { gb28181: { device_id: deviceId, channel_id: channelId } },
      }),
  });
  const isClosed = error instanceof ApiError && error.status === 404;
  const mayControl = may('operator') && has('/gb28181/devices/{device_id}/channels/{channel_id}/ptz');
  return (
    <div className="channel">
      <div>
        {stream && !isClosed ? (
          <>
            <LivePlayer stream={stream} urls={urls} />
            <Anchor component={Link} href={`/streams/${encodeURIComponent(id)}`} size="sm">
              {streamWords.overview}
            </Anchor>
          </>
        ) : (
          <div className="channel-closed">
            {may('operator') && (
              <Button
                leftSection={<IconPlayerPlay size={18} />}
                loading={opening.isPending}
                onClick={() => opening.mutate()}
              >
                {words.open}
              </Button>
            )}
          </div>
        )}
        <Problem error={opening.error ?? (isClosed ? undefined : error)} />
      </div>
      {mayControl && (
        <div className="channel-control">
          <Ptz deviceId={deviceId} channelId={channelId} />
          <Presets deviceId={deviceId} channelId={channelId} />
        </div>
      )}
    </div>
  );
}
