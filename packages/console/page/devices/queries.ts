import { useQuery } from '@tanstack/react-query';
import { client, take } from '../api/client.ts';
import type { Gb28181Order, Gb28181PlaybackAction, IngestRequest } from '../api/types.ts';
import { rangeOfDay } from '../calendar/day.ts';

/** As many as the API gives at once. */
const LIMIT = 1000;
const page = { limit: LIMIT };

const of = (device_id: string, channel_id: string) => ({ path: { device_id, channel_id } });

export function useDevices() {
  return useQuery({
    queryKey: ['devices'],
    queryFn: async () =>
      (await take(client.GET('/api/v1/gb28181/devices', { params: { query: page } }))).devices,
    refetchInterval: 5000,
  });
}

export function useChannels(deviceId: string, enabled: boolean) {
  return useQuery({
    queryKey: ['devices', deviceId, 'channels'],
    queryFn: async () => {
      const params = { path: { device_id: deviceId }, query: page };
      return (await take(client.GET('/api/v1/gb28181/devices/{device_id}/channels', { params }))).channels;
    },
    enabled,
  });
}

/** The device is asked, which takes it a while; it is not asked twice by itself. */
export function usePresets(deviceId: string, channelId: string) {
  return useQuery({
    queryKey: ['presets', deviceId, channelId],
    queryFn: async () =>
      (
        await take(
          client.GET('/api/v1/gb28181/devices/{device_id}/channels/{channel_id}/presets', {
            params: of(deviceId, channelId),
          }),
        )
      ).presets,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** What the device recorded of a channel on a day; the device is asked. */
export function useRecords(deviceId: string, channelId: string, day: string) {
  return useQuery({
    queryKey: ['records', deviceId, channelId, day],
    queryFn: () =>
      take(
        client.GET('/api/v1/gb28181/devices/{device_id}/channels/{channel_id}/records', {
          params: { ...of(deviceId, channelId), query: rangeOfDay(day) },
        }),
      ),
    retry: false,
    staleTime: 60_000,
  });
}

export function sendOrder(deviceId: string, channelId: string, order: Gb28181Order): Promise<unknown> {
  return take(
    client.POST('/api/v1/gb28181/devices/{device_id}/channels/{channel_id}/ptz', {
      params: of(deviceId, channelId),
      body: order,
    }),
  );
}

type ChannelSource = NonNullable<IngestRequest['source']['gb28181']>;

/** Has what the device recorded played as the stream `streamId`. */
export function startPlayback(streamId: string, gb28181: ChannelSource): Promise<unknown> {
  const body = { protocol: 'gb28181' as const, stream_id: streamId, source: { gb28181 } };
  return take(client.POST('/api/v1/streams/ingest', { body }));
}

export function controlPlayback(streamId: string, body: Gb28181PlaybackAction): Promise<unknown> {
  return take(
    client.POST('/api/v1/gb28181/playbacks/{stream_id}/control', {
      params: { path: { stream_id: streamId } },
      body,
      // It is sent also while the page is being left.
      keepalive: true,
    }),
  );
}
