import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { MediaTransport } from '../media/reception.ts';
import { MEDIA_TRANSPORTS } from '../sdp/offer.ts';

/** What `source.gb28181` of a request says. */
export interface ChannelSource {
  readonly deviceId: string;
  readonly channelId: string;
  readonly stream: 'main' | 'sub' | undefined;
  readonly transport: MediaTransport;
  readonly isOnDemand: boolean;
  /** Of a recording: milliseconds since 1970. */
  readonly recording:
    | { readonly from: number; readonly to: number; readonly speed: number | undefined }
    | undefined;
}

const ID = /^[A-Za-z0-9]{1,32}$/;

/** Throws `REQUEST_INVALID`. */
export function parseChannelSource(
  source: Readonly<Record<string, unknown>>,
  defaultTransport: MediaTransport,
): ChannelSource {
  const { device_id, channel_id, stream, transport = defaultTransport, on_demand = true } = source;
  if (typeof device_id !== 'string' || !ID.test(device_id)) throw invalid('device_id is no id of a device');
  if (typeof channel_id !== 'string' || !ID.test(channel_id))
    throw invalid('channel_id is no id of a channel');
  if (stream !== undefined && stream !== 'main' && stream !== 'sub')
    throw invalid('stream is "main" or "sub"');
  const known = MEDIA_TRANSPORTS.find(candidate => candidate === transport);
  if (!known) throw invalid(`transport is one of ${MEDIA_TRANSPORTS.join(', ')}`);
  if (typeof on_demand !== 'boolean') throw invalid('on_demand is true or false');
  return {
    deviceId: device_id,
    channelId: channel_id,
    stream,
    transport: known,
    isOnDemand: on_demand,
    recording: recordingOf(source),
  };
}

function recordingOf({ from, to, download_speed: speed }: Readonly<Record<string, unknown>>) {
  if (from === undefined && to === undefined) return undefined;
  const [start, end] = [from, to].map(time => (typeof time === 'string' ? Date.parse(time) : Number.NaN));
  if (start === undefined || end === undefined || !(start < end))
    throw invalid('from and to are times, the earlier first');
  if (speed !== undefined && (typeof speed !== 'number' || !(speed >= 1 && speed <= 32)))
    throw invalid('download_speed is a number from 1 to 32');
  return { from: start, to: end, speed };
}

function invalid(what: string): FluxError {
  return new FluxError('REQUEST_INVALID', `body.source.gb28181: ${what}.`);
}
