import { type GatewayEvent, isEventKind } from '@flux-iot/core/control/gateway-event';
import type { DeviceEvent } from '@flux-iot/core/control/gb28181-control';
import type { RecordingEvent } from '@flux-iot/core/record/recording';

/** What hooks and listeners are told of a recording; undefined for what is nobody else's. */
export function recordingNews(event: RecordingEvent, node: string): GatewayEvent | undefined {
  if (event.kind === 'started') return undefined;
  if (event.kind === 'alarm') {
    const { streamId, code, message } = event;
    // What is of the storage as a whole is no stream's.
    const named = streamId === '' ? {} : { streamId };
    return { kind: 'recording-alarm', at: Date.now(), node, ...named, details: { code, message } };
  }
  const { id, streamId, startTime, endTime, size, endedAt } = event.recording;
  const details = { recording_id: id, seconds: endTime - startTime, bytes: size };
  return { kind: 'recording-finished', at: endedAt, node, streamId, details };
}

/** What they are told of a device; undefined for what is of no kind that they know. */
export function deviceNews(event: DeviceEvent, node: string): GatewayEvent | undefined {
  const { kind, deviceId, channelId, at, detail } = event;
  if (!isEventKind(kind)) return undefined;
  const what = kind === 'alarm' ? detail : { protocol: 'gb28181' };
  const named = { ...what, device_id: deviceId };
  return { kind, at, node, details: channelId === undefined ? named : { ...named, channel_id: channelId } };
}
