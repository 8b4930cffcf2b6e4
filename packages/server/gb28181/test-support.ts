import type {
  DeviceReport,
  Gb28181Control,
  PlatformReport,
  VoiceReport,
  VoiceRequest,
} from '@flux-iot/core/control/gb28181-control';
import { FluxError } from '@flux-iot/core/errors/flux-error';

/** An encoder of the default tenant, until somebody gives it away. */
export const DEVICE: DeviceReport = {
  ...{
    id: '34020000001110000001',
    name: '录像机',
    isOnline: true,
    transport: 'udp',
    address: '192.0.2.9:5060',
  },
  ...{ registeredAt: 0, expiresAt: 3_600_000, lastSeenAt: 1000, channels: 2, channelsOnline: 1 },
  catalog: { state: 'complete', total: 3, at: 2000 },
  subscriptions: [{ kind: 'alarm', state: 'active', expiresAt: 5000 }],
};

export const PLATFORM: PlatformReport = {
  ...{ name: 'city', id: '34020000002000000009', domain: '3402000000', ownId: '34020000002000000001' },
  ...{ transport: 'udp', address: '192.0.2.1:5060', state: 'connected', attempts: 1, registeredAt: 1000 },
  ...{ channels: 2, channelsOnline: 1, isSubscribed: true },
  sessions: [
    {
      ...{ channelId: '34020000001320000001', streamId: 'cam1', since: 2000, ssrc: '0200000001' },
      ...{ transport: 'udp', remote: '192.0.2.1:30000', bytes: 7 },
    },
  ],
};

/** Two devices, of which one answers; keeps what it was asked. */
export class FakeDevices implements Gb28181Control {
  static readonly id = DEVICE.id;
  static readonly channelId = '34020000001320000001';
  readonly asked: unknown[][] = [];
  devices = async () => [DEVICE, { ...DEVICE, id: '34020000001110000002', isOnline: false }];
  device = async (id: string) => {
    if (id !== DEVICE.id) throw new FluxError('DEVICE_NOT_FOUND', `No device ${id} has registered.`);
    return DEVICE;
  };
  channels = async () => [
    { id: '34020000002160000001', name: '东区', kind: 'organisation', isOnline: true },
    {
      id: '34020000001320000001',
      name: '门',
      kind: 'camera',
      isOnline: true,
      parentId: '34020000002160000001',
    },
  ];
  refresh = (id: string) => this.device(id);
  remove = async (...given: unknown[]) => void this.asked.push(['remove', ...given]);
  order = async (...given: unknown[]) => void this.asked.push(['order', ...given]);
  presets = async () => [{ number: 1, name: '门' }];
  records = async (...given: unknown[]) => {
    this.asked.push(['records', ...given]);
    return { records: [{ name: 'a', start: 0, end: 1000 }], isComplete: false, total: 2 };
  };
  configuration = async (...given: unknown[]) => {
    this.asked.push(['configuration', ...given]);
    return { BasicParam: { Name: '门', Expiration: '3600' } };
  };
  subscribe = async (_id: string, kind: 'catalog' | 'alarm' | 'position') => ({
    kind,
    state: 'active' as const,
  });
  speak = async (deviceId: string, channelId: string, request: VoiceRequest) => {
    this.asked.push(['speak', deviceId, channelId, request]);
    return this.voice(deviceId, channelId);
  };
  voice = async (deviceId: string, channelId: string): Promise<VoiceReport> => ({
    ...{ deviceId, channelId, streamId: 'news', mode: 'broadcast', state: 'ended', since: 0 },
    ...{ packets: 0, bytes: 0, error: 'The device was told of the broadcast, but asked for no sound.' },
    history: [
      { at: 0, lastAt: 0, count: 1, step: 'voice-sound', detail: 'of news' },
      { at: 1, lastAt: 1, count: 1, step: 'broadcast-sent', detail: '' },
      { at: 2, lastAt: 2, count: 1, step: 'invite-missing', detail: 'after 10 s' },
    ],
  });
  endVoice = async (...given: unknown[]) => void this.asked.push(['endVoice', ...given]);
  playback = async (...given: unknown[]) => void this.asked.push(['playback', ...given]);
  platforms = async () => [PLATFORM];
  sharedChannels = async (name: string) => {
    if (name !== PLATFORM.name) throw new FluxError('DEVICE_NOT_FOUND', `No platform is called ${name}.`);
    return [
      { id: '34020000001320000001', name: '门', streamId: 'cam1', isOnline: true, deviceId: DEVICE.id },
      { id: '34020000001320000002', name: 'yard', streamId: 'cam2', isOnline: false },
    ];
  };
}
