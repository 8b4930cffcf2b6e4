import type {
  ChannelReport,
  ConfigurationKind,
  DeviceConfiguration,
  DeviceOrder,
  DeviceReport,
  Gb28181Control,
  PlatformReport,
  PlaybackAction,
  PresetReport,
  RecordList,
  SharedChannelReport,
  SubscriptionKind,
  SubscriptionReport,
  VoiceReport,
  VoiceRequest,
} from '@flux-iot/core/control/gb28181-control';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { Cascade } from '../cascade/cascade.ts';
import type { Device } from '../device/device.ts';
import type { Inquiry } from '../device/inquiry.ts';
import type { Questions } from '../device/questions.ts';
import type { DeviceRegistry } from '../device/registry.ts';
import { channelReports, deviceReport } from '../device/report.ts';
import { parseConfiguration } from '../manscdp/configuration.ts';
import { formatTime, writeManscdp } from '../manscdp/message.ts';
import { type Preset, parsePresets } from '../manscdp/presets.ts';
import { parseRecordInfo, type RecordItem } from '../manscdp/record-info.ts';
import { childText } from '../manscdp/xml.ts';
import type { RecordingPlayer } from '../playback/player.ts';
import type { Subscriptions } from '../subscription/subscriptions.ts';
import type { Talks } from '../voice/talks.ts';
import { controlContent } from './order.ts';

export interface DeviceControlOptions {
  readonly registry: DeviceRegistry;
  readonly questions: Questions;
  readonly inquiry: Inquiry;
  readonly subscriptions: Subscriptions;
  readonly talks: Talks;
  readonly utcOffsetMinutes: number;
  /** Where there are platforms above. */
  readonly cascade: Cascade | undefined;
  readonly playerOf: (streamId: string) => RecordingPlayer | undefined;
}

const MAX_RECORDS = 20_000;
const MAX_PRESETS = 300;

/** What the API asks about devices and orders them. */
export class DeviceControl implements Gb28181Control {
  readonly #options: DeviceControlOptions;

  constructor(options: DeviceControlOptions) {
    this.#options = options;
  }

  async devices(): Promise<DeviceReport[]> {
    const reports = this.#options.registry.all.map(device => this.#report(device));
    return reports.sort((one, other) => (one.id < other.id ? -1 : 1));
  }

  async device(deviceId: string): Promise<DeviceReport> {
    return this.#report(this.#options.registry.require(deviceId));
  }

  async channels(deviceId: string): Promise<ChannelReport[]> {
    return channelReports(this.#options.registry.require(deviceId));
  }

  async refresh(deviceId: string): Promise<DeviceReport> {
    const { registry, inquiry } = this.#options;
    const device = registry.requireOnline(deviceId);
    await inquiry.refresh(device);
    return this.#report(device);
  }

  async remove(deviceId: string): Promise<void> {
    await this.#options.registry.remove(deviceId);
  }

  async order(deviceId: string, channelId: string, order: DeviceOrder): Promise<void> {
    const { questions } = this.#options;
    const { command, nodes, hasAnswer } = controlContent(order);
    const device = this.#onlineWith(deviceId, channelId);
    if (!hasAnswer) {
      await questions.tell(
        device,
        channelId,
        writeManscdp('Control', command, questions.nextSn(), channelId, nodes),
      );
      return;
    }
    let result: string | undefined;
    await questions.ask(device, {
      ...{ kind: 'Control', command, channelId, content: nodes },
      onPart: ({ content }) => {
        result = childText(content, 'Result');
        return true;
      },
    });
    if (result !== undefined && !/^ok$/i.test(result))
      throw new FluxError('DEVICE_REFUSED', `The device ${deviceId} answered "${result.slice(0, 100)}".`);
  }

  async presets(deviceId: string, channelId: string): Promise<PresetReport[]> {
    const device = this.#onlineWith(deviceId, channelId);
    const presets = new Map<number, Preset>();
    await this.#options.questions.ask(device, {
      ...{ kind: 'Query', command: 'PresetQuery', channelId },
      onPart: message => {
        const part = parsePresets(message);
        for (const preset of part.presets) if (presets.size < MAX_PRESETS) presets.set(preset.number, preset);
        return presets.size >= Math.min(part.total, MAX_PRESETS);
      },
    });
    return [...presets.values()].sort((one, other) => one.number - other.number);
  }

  async records(deviceId: string, channelId: string, from: number, to: number): Promise<RecordList> {
    const { questions, utcOffsetMinutes } = this.#options;
    const device = this.#onlineWith(deviceId, channelId);
    // Parts come in any order and twice; what tells recordings apart is their time and name.
    const records = new Map<string, RecordItem>();
    let total = 0;
    const end = await questions.ask(device, {
      ...{ kind: 'Query', command: 'RecordInfo', channelId },
      content: [
        ['StartTime', formatTime(from, utcOffsetMinutes)],
        ['EndTime', formatTime(to, utcOffsetMinutes)],
        ['Secrecy', 0],
        ['Type', 'all'],
      ],
      onPart: message => {
        const part = parseRecordInfo(message, utcOffsetMinutes);
        total = part.total;
        for (const item of part.items)
          if (records.size < MAX_RECORDS) records.set(`${item.start} ${item.end} ${item.name}`, item);
        return records.size >= Math.min(total, MAX_RECORDS);
      },
    });
    return {
      records: [...records.values()]
        .sort((one, other) => one.start - other.start)
        .map(({ name, start, end: until, filePath, type, bytes }) => ({
          name,
          start,
          end: until,
          filePath,
          type,
          bytes,
        })),
      isComplete: end === 'complete',
      total,
    };
  }

  async configuration(
    deviceId: string,
    channelId: string,
    kinds: readonly ConfigurationKind[],
  ): Promise<DeviceConfiguration> {
    const device = this.#onlineWith(deviceId, channelId);
    const missing = new Set<string>(kinds);
    const found: Record<string, DeviceConfiguration[string]> = {};
    let refusal: string | undefined;
    await this.#options.questions.ask(device, {
      ...{ kind: 'Query', command: 'ConfigDownload', channelId },
      content: [['ConfigType', kinds.join('/')]],
      onPart: message => {
        const result = childText(message.content, 'Result');
        if (result !== undefined && !/^ok$/i.test(result)) refusal = result.slice(0, 100);
        // Of what nobody asked for, and of a device that goes on and on, nothing is kept.
        for (const [name, value] of Object.entries(parseConfiguration(message)))
          if (missing.delete(name)) found[name] = value;
        return refusal !== undefined || missing.size === 0;
      },
    });
    if (refusal === undefined || missing.size < kinds.length) return found;
    throw new FluxError('DEVICE_REFUSED', `The device ${deviceId} answered "${refusal}".`);
  }

  async subscribe(deviceId: string, kind: SubscriptionKind, isWanted: boolean): Promise<SubscriptionReport> {
    const { registry, subscriptions } = this.#options;
    if (!isWanted) return subscriptions.unsubscribe(registry.require(deviceId), kind);
    return subscriptions.subscribe(registry.requireOnline(deviceId), kind);
  }

  async speak(deviceId: string, channelId: string, request: VoiceRequest): Promise<VoiceReport> {
    return this.#options.talks.begin(this.#onlineWith(deviceId, channelId), channelId, request);
  }

  async voice(deviceId: string, channelId: string): Promise<VoiceReport> {
    return this.#options.talks.find(deviceId, channelId).report;
  }

  async endVoice(deviceId: string, channelId: string): Promise<void> {
    this.#options.talks.find(deviceId, channelId).close();
  }

  async playback(streamId: string, action: PlaybackAction): Promise<void> {
    const player = this.#options.playerOf(streamId);
    if (player) return player.control(action);
    throw new FluxError('STREAM_NOT_FOUND', `No recording is played as ${streamId}.`);
  }

  async platforms(): Promise<PlatformReport[]> {
    return this.#options.cascade?.platforms() ?? [];
  }

  async sharedChannels(platform: string): Promise<SharedChannelReport[]> {
    const { cascade } = this.#options;
    if (cascade) return cascade.channels(platform);
    throw new FluxError('DEVICE_NOT_FOUND', `No platform is called ${platform}.`);
  }

  #report(device: Device): DeviceReport {
    return deviceReport(device, this.#options.subscriptions.reports(device));
  }

  /** A channel that is in no catalog may be there all the same: the device may not have sent it yet. */
  #onlineWith(deviceId: string, channelId: string): Device {
    const device = this.#options.registry.requireOnline(deviceId);
    const isKnown = channelId === deviceId || device.channels.has(channelId);
    if (isKnown || device.catalog.state !== 'complete') return device;
    throw new FluxError('DEVICE_NOT_FOUND', `The device ${deviceId} has no channel ${channelId}.`);
  }
}
