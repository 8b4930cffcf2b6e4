import type {
  ChannelReport,
  DeviceEvent,
  DeviceReport,
  PlatformReport,
  RecordReport,
  SharedChannelReport,
  SubscriptionReport,
  VoiceReport,
} from '@flux-iot/core/control/gb28181-control';
import type { Static } from 'typebox';
import { diagnoseVoice } from '../diagnosis/diagnosis.ts';
import { presentDiagnosis } from '../diagnosis/present.ts';
import { time } from '../present.ts';
import type {
  ChannelSchema,
  DeviceEventSchema,
  DeviceSchema,
  PlatformSchema,
  RecordSchema,
  SharedChannelSchema,
  SubscriptionSchema,
  VoiceSchema,
} from './schemas.ts';

export function presentDevice(device: DeviceReport, tenant: string): Static<typeof DeviceSchema> {
  const { catalog } = device;
  return {
    id: device.id,
    name: device.name,
    tenant,
    online: device.isOnline,
    transport: device.transport === 'tcp' ? 'tcp' : 'udp',
    address: device.address,
    user_agent: device.userAgent,
    version: device.version,
    manufacturer: device.manufacturer,
    model: device.model,
    firmware: device.firmware,
    registered_at: time(device.registeredAt),
    expires_at: time(device.expiresAt),
    last_seen_at: time(device.lastSeenAt),
    well: device.isWell,
    fault: device.fault,
    recording: device.isRecording,
    channels: device.channels,
    channels_online: device.channelsOnline,
    catalog: {
      state: catalog.state as Static<typeof DeviceSchema>['catalog']['state'],
      total: catalog.total,
      at: catalog.at === undefined ? undefined : time(catalog.at),
      error: catalog.error,
    },
    subscriptions: device.subscriptions.map(presentSubscription),
  };
}

export function presentSubscription({
  kind,
  state,
  expiresAt,
  error,
}: SubscriptionReport): Static<typeof SubscriptionSchema> {
  return { kind, state, expires_at: expiresAt === undefined ? undefined : time(expiresAt), error };
}

export function presentChannel(
  channel: ChannelReport,
  streamId: string | undefined,
): Static<typeof ChannelSchema> {
  return {
    id: channel.id,
    name: channel.name,
    stream_id: streamId,
    kind: channel.kind as Static<typeof ChannelSchema>['kind'],
    online: channel.isOnline,
    parent_id: channel.parentId,
    manufacturer: channel.manufacturer,
    model: channel.model,
    address: channel.address,
    civil_code: channel.civilCode,
    ptz_type: channel.ptzType,
    longitude: channel.longitude,
    latitude: channel.latitude,
  };
}

export function presentRecord({
  name,
  start,
  end,
  filePath,
  type,
  bytes,
}: RecordReport): Static<typeof RecordSchema> {
  return { name, from: time(start), to: time(end), file_path: filePath, type, bytes };
}

export function presentEvent({
  kind,
  deviceId,
  channelId,
  at,
  detail,
}: DeviceEvent): Static<typeof DeviceEventSchema> {
  return { kind, device_id: deviceId, channel_id: channelId, at: time(at), detail: { ...detail } };
}

export function presentVoice(report: VoiceReport): Static<typeof VoiceSchema> {
  const { deviceId, channelId, streamId, mode, state, since, packets, bytes, error, history } = report;
  return {
    ...{ device_id: deviceId, channel_id: channelId, stream_id: streamId, mode, state },
    ...{ since: time(since), packets, bytes, error },
    diagnosis: presentDiagnosis(streamId, diagnoseVoice(report), history),
  };
}

export function presentPlatform(platform: PlatformReport): Static<typeof PlatformSchema> {
  const { registeredAt, expiresAt, lastKeepaliveAt, nextAttemptAt } = platform;
  const maybe = (at: number | undefined) => (at === undefined ? undefined : time(at));
  return {
    name: platform.name,
    id: platform.id,
    domain: platform.domain,
    own_id: platform.ownId,
    transport: platform.transport,
    address: platform.address,
    state: platform.state === 'connected' ? 'registered' : platform.state,
    attempts: platform.attempts,
    last_error: platform.lastError,
    next_attempt_at: maybe(nextAttemptAt),
    registered_at: maybe(registeredAt),
    expires_at: maybe(expiresAt),
    last_keepalive_at: maybe(lastKeepaliveAt),
    channels: platform.channels,
    channels_online: platform.channelsOnline,
    subscribed: platform.isSubscribed,
    sessions: platform.sessions.map(({ channelId, streamId, since, ssrc, transport, remote, bytes }) => ({
      ...{ channel_id: channelId, stream_id: streamId, since: time(since), ssrc, transport, remote, bytes },
    })),
  };
}

export function presentSharedChannel(channel: SharedChannelReport): Static<typeof SharedChannelSchema> {
  return {
    id: channel.id,
    name: channel.name,
    stream_id: channel.streamId,
    online: channel.isOnline,
    device_id: channel.deviceId,
    device_channel_id: channel.deviceChannelId,
  };
}
