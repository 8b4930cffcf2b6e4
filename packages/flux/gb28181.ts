import { type DeviceDocuments, MemoryDeviceDocuments } from '@flux-iot/core/control/device-documents';
import type { DeviceEvent } from '@flux-iot/core/control/gb28181-control';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { StreamOrchestrator } from '@flux-iot/core/orchestrator/stream-orchestrator';
import type { Stream } from '@flux-iot/core/stream/stream';
import { parseStreamId } from '@flux-iot/core/stream/stream-id';
import { derivedId } from '@flux-iot/core/transcode/derived-id';
import type { TranscodeProfile } from '@flux-iot/core/transcode/profile';
import { Gb28181Adapter } from '@flux-iot/protocols/gb28181/adapter';
import { DeviceStore } from '@flux-iot/protocols/gb28181/device/store';
import { isVoiceTrack } from '@flux-iot/protocols/gb28181/media/g711-packetizer';
import { MediaReceiver } from '@flux-iot/protocols/gb28181/media/media-receiver';
import { MediaSender } from '@flux-iot/protocols/gb28181/media/media-sender';
import { parseAddress, parsePortRange } from './config/address.ts';
import type { Config } from './config/schema.ts';
import type { ErrorLog } from './error-log.ts';
import { cascadeOptions } from './gb28181-cascade.ts';

type Gb28181Config = Config['protocols']['gb28181'];

export interface Gb28181Parts {
  readonly orchestrator: StreamOrchestrator;
  readonly errors: ErrorLog;
  readonly devices?: DeviceDocuments;
  readonly onEvent?: (event: DeviceEvent) => void;
}

/** What follows a domain in the id of its SIP server: industry 00, kind 200 (centre), network 0, number 1. */
const SERVER = '2000000001';

/** Our own SIP id. */
export function sipIdOf({ sip_id, sip_domain }: Gb28181Config): string {
  return sip_id === '' ? `${sip_domain.slice(0, 10)}${SERVER}` : sip_id;
}

/** GB28181, made from the configuration. */
export function createGb28181(
  { protocols }: Config,
  { orchestrator, errors, devices = new MemoryDeviceDocuments(), onEvent }: Gb28181Parts,
): Gb28181Adapter {
  const { gb28181 } = protocols;
  const silence = gb28181.media_timeout * 1000;
  const receiver = new MediaReceiver({
    ...parseAddress(gb28181.bind_rtp),
    range: gb28181.rtp_port_range === '' ? undefined : parsePortRange(gb28181.rtp_port_range),
    times: { firstMedia: silence, silence },
    turns: orchestrator.turns,
  });
  return new Gb28181Adapter({
    callback: orchestrator,
    ...parseAddress(gb28181.bind_sip),
    id: sipIdOf(gb28181),
    domain: gb28181.sip_domain,
    admission: gb28181.admission,
    password: gb28181.password,
    devicePasswords: devicePasswordsOf(gb28181),
    sipAddress: gb28181.sip_address || undefined,
    mediaAddress: gb28181.media_address || undefined,
    receiver,
    sender: new MediaSender({ host: parseAddress(gb28181.bind_rtp).host }),
    openSound: (streamId, signal) => openSound(orchestrator, streamId, signal),
    store: new DeviceStore(devices),
    defaultTransport: gb28181.transport,
    maxDevices: gb28181.max_devices,
    keepaliveTimeout: gb28181.keepalive_timeout * 1000,
    inviteTimeout: gb28181.invite_timeout * 1000,
    utcOffsetMinutes: utcOffsetOf(gb28181.time_zone),
    flood: { rate: gb28181.flood_rate, burst: gb28181.flood_burst },
    subscribeCatalog: gb28181.subscribe_catalog,
    cascade: cascadeOptions(gb28181, sipIdOf(gb28181), orchestrator),
    onEvent,
    onError: (error, peer) => errors.report(error, { peer }),
  });
}

/** How sound is made that devices take; every media node has it besides the profiles of the configuration. */
export const VOICE_PROFILE: TranscodeProfile = {
  ...{ name: 'voice', video: 'none', height: 0, frame_rate: 0, video_bitrate: 0 },
  ...{ audio: 'g711a', audio_bitrate: 0, hardware: 'none' },
};

/** The stream itself where its sound is G.711A of 8 kHz already, else what is made of it. */
async function openSound(orchestrator: StreamOrchestrator, id: string, signal: AbortSignal): Promise<Stream> {
  const sourceId = parseStreamId(id);
  // Who may talk to devices may have them hear any stream: the route has looked.
  const request = { isInternal: true, signal };
  const source = await orchestrator.openStream(sourceId, request);
  if (source.tracks.some(isVoiceTrack)) return source;
  if (!source.tracks.some(({ kind }) => kind === 'audio'))
    throw new FluxError('CODEC_UNSUPPORTED', `The stream ${sourceId} has no sound.`);
  const made = await orchestrator.openStream(derivedId({ sourceId, profile: VOICE_PROFILE.name }), request);
  if (made.tracks.some(isVoiceTrack)) return made;
  throw new FluxError('CODEC_UNSUPPORTED', `The stream ${made.id} is not of the G.711A that devices take.`);
}

function devicePasswordsOf({ device_passwords }: Gb28181Config): ReadonlyMap<string, string> {
  return new Map(
    device_passwords.map(entry => {
      const colon = entry.indexOf(':');
      return [entry.slice(0, colon), entry.slice(colon + 1)] as const;
    }),
  );
}

/** Minutes of `+08:00`, of a form that the schema has checked. */
function utcOffsetOf(zone: string): number {
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4));
  return zone.startsWith('-') ? -minutes : minutes;
}
