import type { Bus, BusValue } from '../bus/bus.ts';
import { FluxError } from '../errors/flux-error.ts';
import type { IngestStatus } from '../orchestrator/protocol-adapter.ts';
import type { HistoryEntry } from '../stream/history.ts';
import { remoteMethods, serveMethods } from './remote-methods.ts';

/** A GB28181 device as the API shows it. Times are milliseconds since 1970. */
export interface DeviceReport {
  readonly id: string;
  readonly name: string;
  readonly isOnline: boolean;
  /** `udp` or `tcp`, and where its packets come from. */
  readonly transport: string;
  readonly address: string;
  readonly userAgent?: string;
  /** `2016`, `2022`; undefined where the device does not say. */
  readonly version?: string;
  readonly manufacturer?: string;
  readonly model?: string;
  readonly firmware?: string;
  readonly registeredAt: number;
  readonly expiresAt: number;
  readonly lastSeenAt: number;
  /** What the device says of itself: that it works as it should, or what is wrong. */
  readonly isWell?: boolean;
  readonly fault?: string;
  readonly isRecording?: boolean;
  readonly channels: number;
  readonly channelsOnline: number;
  readonly catalog: {
    readonly state: string;
    readonly total?: number;
    readonly at?: number;
    readonly error?: string;
  };
  readonly subscriptions: readonly SubscriptionReport[];
}

/** One entry of a device's catalog. */
export interface ChannelReport {
  readonly id: string;
  readonly name: string;
  /** `camera`, `alarm`, `voice`, `device`, `group`, `organisation`, `district`. */
  readonly kind: string;
  readonly isOnline: boolean;
  /** The entry above it, of the same device. */
  readonly parentId?: string;
  readonly manufacturer?: string;
  readonly model?: string;
  readonly address?: string;
  readonly civilCode?: string;
  readonly ptzType?: number;
  readonly longitude?: number;
  readonly latitude?: number;
}

export const SUBSCRIPTION_KINDS = ['catalog', 'alarm', 'position'] as const;
export type SubscriptionKind = (typeof SUBSCRIPTION_KINDS)[number];

export interface SubscriptionReport {
  readonly kind: SubscriptionKind;
  readonly state: 'asked' | 'active' | 'refused' | 'ended';
  readonly expiresAt?: number;
  readonly error?: string;
}

export interface PresetReport {
  readonly number: number;
  readonly name: string;
}

export interface RecordReport {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly filePath?: string;
  readonly type?: string;
  readonly bytes?: number;
}

export interface RecordList {
  readonly records: readonly RecordReport[];
  /** Whether all came that the device announced. */
  readonly isComplete: boolean;
  readonly total: number;
}

/** Kinds of configuration (A.2.4.7 ConfigType) of -2016 and -2022. */
export const CONFIGURATION_KINDS = [
  'BasicParam',
  'VideoParamOpt',
  'SVACEncodeConfig',
  'SVACDecodeConfig',
  'OSDConfig',
  'PictureMask',
  'FrameMirror',
  'AlarmReport',
  'SnapShotConfig',
] as const;
export type ConfigurationKind = (typeof CONFIGURATION_KINDS)[number];

/** What a device says of itself by kind: texts, and what is in them by the standard's names. */
export interface DeviceConfiguration {
  readonly [name: string]: string | DeviceConfiguration | readonly (string | DeviceConfiguration)[];
}

export const VOICE_MODES = ['broadcast', 'talk'] as const;
export const VOICE_TRANSPORTS = ['udp', 'tcp-passive', 'tcp-active'] as const;

/** What a channel is to be let hear. */
export interface VoiceRequest {
  readonly streamId: string;
  /** `broadcast`: the device is told, and asks for the sound itself; `talk`: it is invited to take it. */
  readonly mode: (typeof VOICE_MODES)[number];
  /** Of a `talk`, as seen from here; of a broadcast it is the device's choice. */
  readonly transport?: (typeof VOICE_TRANSPORTS)[number];
}

/** A talk to a channel. Times are milliseconds since 1970. */
export interface VoiceReport extends Omit<VoiceRequest, 'transport'> {
  readonly deviceId: string;
  readonly channelId: string;
  readonly state: 'asked' | 'talking' | 'ended';
  readonly since: number;
  /** Sent to the device. */
  readonly packets: number;
  readonly bytes: number;
  /** Why it ended, where nobody asked for that. */
  readonly error?: string;
  readonly history: readonly HistoryEntry[];
}

export const DEVICE_EVENT_KINDS = [
  'device-online',
  'device-offline',
  'catalog-changed',
  'alarm',
  'position',
  // What has no kind of its own: that pictures were uploaded, and the like.
  'notification',
] as const;

/** A platform above, with which we are registered as a device is with us. Times are milliseconds since 1970. */
export interface PlatformReport extends IngestStatus {
  readonly name: string;
  readonly id: string;
  readonly domain: string;
  /** What it calls us. */
  readonly ownId: string;
  readonly transport: 'udp' | 'tcp';
  readonly address: string;
  readonly registeredAt?: number;
  readonly expiresAt?: number;
  readonly lastKeepaliveAt?: number;
  /** Those that are shared with it. */
  readonly channels: number;
  readonly channelsOnline: number;
  /** Whether it wants to be told what changes. */
  readonly isSubscribed: boolean;
  readonly sessions: readonly UpperSessionReport[];
}

/** A stream that a platform above is sent. */
export interface UpperSessionReport {
  readonly channelId: string;
  readonly streamId: string;
  readonly since: number;
  readonly ssrc: string;
  /** As seen from here. */
  readonly transport: 'udp' | 'tcp-passive' | 'tcp-active';
  /** Where it takes it. */
  readonly remote: string;
  readonly bytes: number;
}

/** A stream as a platform above is shown it. */
export interface SharedChannelReport {
  readonly id: string;
  readonly name: string;
  readonly streamId: string;
  readonly isOnline: boolean;
  /** The device and the channel that orders are passed down to, where there is one. */
  readonly deviceId?: string;
  readonly deviceChannelId?: string;
}

/** Something that a device told. `detail` is plain data of the kind. */
export interface DeviceEvent {
  /** One of `DEVICE_EVENT_KINDS`. */
  readonly kind: string;
  readonly deviceId: string;
  readonly channelId?: string;
  readonly at: number;
  readonly detail: { readonly [name: string]: string | number | boolean | null };
}

/** The bus's subject of these. */
export const DEVICE_EVENTS = 'events.gb28181';

/** An order to a channel; its members are checked where it is carried out. */
export type DeviceOrder = { readonly order: string } & { readonly [name: string]: BusValue };

export type PlaybackAction =
  | { readonly action: 'pause' }
  | { readonly action: 'resume' }
  | { readonly action: 'stop' }
  | { readonly action: 'seek'; readonly seconds: number }
  | { readonly action: 'speed'; readonly scale: number };

/** What the API asks of the process that has the GB28181 devices. Throws `FluxError`s: `DEVICE_NOT_FOUND` and the like. */
export interface Gb28181Control {
  devices(): Promise<DeviceReport[]>;
  device(deviceId: string): Promise<DeviceReport>;
  channels(deviceId: string): Promise<ChannelReport[]>;
  /** Asks the device anew what it is and has; resolves when it has answered, or has not. */
  refresh(deviceId: string): Promise<DeviceReport>;
  remove(deviceId: string): Promise<void>;
  order(deviceId: string, channelId: string, order: DeviceOrder): Promise<void>;
  presets(deviceId: string, channelId: string): Promise<PresetReport[]>;
  records(deviceId: string, channelId: string, from: number, to: number): Promise<RecordList>;
  /** How the device is configured, as far as it answers. */
  configuration(
    deviceId: string,
    channelId: string,
    kinds: readonly ConfigurationKind[],
  ): Promise<DeviceConfiguration>;
  subscribe(deviceId: string, kind: SubscriptionKind, isWanted: boolean): Promise<SubscriptionReport>;
  /** Lets a channel hear a stream; resolves when it does. */
  speak(deviceId: string, channelId: string, request: VoiceRequest): Promise<VoiceReport>;
  /** The present talk to the channel, or the one before. */
  voice(deviceId: string, channelId: string): Promise<VoiceReport>;
  endVoice(deviceId: string, channelId: string): Promise<void>;
  /** Of a stream that is a recording. */
  playback(streamId: string, action: PlaybackAction): Promise<void>;
  platforms(): Promise<PlatformReport[]>;
  /** What the platform of that name is shown. */
  sharedChannels(platform: string): Promise<SharedChannelReport[]>;
}

export const GB28181_METHODS = [
  'devices',
  'device',
  'channels',
  'refresh',
  'remove',
  'order',
  'presets',
  'records',
  'configuration',
  'subscribe',
  'speak',
  'voice',
  'endVoice',
  'playback',
  'platforms',
  'sharedChannels',
] as const satisfies readonly (keyof Gb28181Control)[];

/** Where the protocol is not enabled. */
export function noGb28181Control(): Gb28181Control {
  const refuse = async () => {
    throw new FluxError('PROTOCOL_DISABLED', 'The protocol gb28181 is not enabled.');
  };
  return Object.fromEntries(GB28181_METHODS.map(method => [method, refuse])) as unknown as Gb28181Control;
}

/** There is one process that has the devices, so the subject names no node. */
const SUBJECT = 'gb28181.control';
/** Milliseconds: devices send catalogs and lists of recordings in many parts. */
const ANSWER_TIMEOUT = 60_000;

export function serveGb28181Control(bus: Bus, control: Gb28181Control): () => void {
  return serveMethods(bus, SUBJECT, control, GB28181_METHODS);
}

/** Asks the process that has the devices; `PROTOCOL_DISABLED` where there is none. */
export function remoteGb28181Control(bus: Bus): Gb28181Control {
  return remoteMethods<Gb28181Control>(bus, SUBJECT, GB28181_METHODS, {
    timeout: ANSWER_TIMEOUT,
    explain: error =>
      error.code === 'NOT_READY'
        ? new FluxError('PROTOCOL_DISABLED', 'No process with the protocol gb28181 is running.', {
            cause: error,
          })
        : error,
  });
}
