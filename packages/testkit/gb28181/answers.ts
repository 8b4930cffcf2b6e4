import { type CatalogItem, catalogNodes } from '@flux-iot/protocols/gb28181/manscdp/catalog';
import { parseControl } from '@flux-iot/protocols/gb28181/manscdp/device-control';
import { deviceInfoNodes, deviceStatusNodes } from '@flux-iot/protocols/gb28181/manscdp/device-info';
import { formatTime, type ManscdpMessage, parseTime } from '@flux-iot/protocols/gb28181/manscdp/message';
import { partsOf } from '@flux-iot/protocols/gb28181/manscdp/parts';
import { type RecordItem, recordNodes } from '@flux-iot/protocols/gb28181/manscdp/record-info';
import { childText, type XmlNode } from '@flux-iot/protocols/gb28181/manscdp/xml';
import type { SimulatedQuirks, SimulatedRecording } from './quirks.ts';

/** What a simulated device is and has. */
export interface DeviceContent {
  readonly id: string;
  readonly channels: readonly CatalogItem[];
  readonly recordings: readonly SimulatedRecording[];
  /** Entries in one message of a list. */
  readonly partSize: number;
  readonly quirks: SimulatedQuirks | undefined;
}

export interface Answers {
  /** A message each. */
  readonly answers: readonly (readonly XmlNode[])[];
  /** What was ordered, in words for people: `PTZCmd A50F…`. */
  readonly orders: readonly string[];
}

/** The standard says Beijing's time. */
export const UTC_OFFSET = 480;

/** What a device answers to a question or an order. */
export function answersTo(message: ManscdpMessage, device: DeviceContent): Answers {
  const { command } = message;
  switch (command) {
    case 'DeviceInfo':
      return one(
        deviceInfoNodes({
          ...{
            name: `模拟设备 ${device.id.slice(-4)}`,
            manufacturer: 'FLUX',
            model: 'Simulated',
            firmware: '1.0',
          },
          channels: device.channels.length,
        }),
      );
    case 'DeviceStatus':
      return one(
        deviceStatusNodes({
          ...{ isOnline: true, isEncoding: true, deviceTime: formatTime(Date.now(), UTC_OFFSET) },
        }),
      );
    case 'Catalog':
      return parts(device.channels, device, catalogNodes);
    case 'RecordInfo':
      return parts(recordsIn(message, device.recordings), device, (total, items) =>
        recordNodes(total, items, UTC_OFFSET),
      );
    case 'PresetQuery':
      return one([['PresetList', [presetNode(1, '大门'), presetNode(2, 'yard')], { Num: 2 }]]);
    case 'ConfigDownload':
      return configurationOf(message.content, device);
    case 'DeviceControl':
    case 'DeviceConfig': {
      const { orders, hasAnswer } = parseControl(message);
      return { orders, answers: hasAnswer ? [[['Result', 'OK']]] : [] };
    }
    default:
      return { answers: [], orders: [] };
  }
}

/** It has these alone, and sends a message for each. */
function configurationOf(content: ManscdpMessage['content'], { id }: DeviceContent): Answers {
  const kinds = (childText(content, 'ConfigType') ?? '').split('/');
  const basic: XmlNode[] = [
    ['Name', `模拟设备 ${id.slice(-4)}`],
    ['Expiration', 3600],
    ['HeartBeatInterval', 60],
    ['HeartBeatCount', 3],
  ];
  const video: XmlNode[] = [
    ['DownloadSpeed', '1/2/4'],
    ['Resolution', '5/6'],
  ];
  const known: Readonly<Record<string, XmlNode>> = {
    BasicParam: ['BasicParam', basic],
    VideoParamOpt: ['VideoParamOpt', video],
  };
  const found = kinds.flatMap(kind => (known[kind] ? [known[kind]] : []));
  if (found.length === 0) return one([['Result', 'ERROR']]);
  return { orders: [], answers: found.map(node => [['Result', 'OK'], node] as const) };
}

function one(content: readonly XmlNode[]): Answers {
  return { answers: [content], orders: [] };
}

function parts<Item>(
  items: readonly Item[],
  { partSize, quirks }: DeviceContent,
  contentOf: (total: number, items: readonly Item[]) => readonly XmlNode[],
): Answers {
  const all = partsOf(items, partSize);
  if (quirks?.losesPart) all.pop();
  if (quirks?.reversesParts) all.reverse();
  const total = items.length + (quirks?.overstates ?? 0);
  return { answers: all.map(part => contentOf(total, part)), orders: [] };
}

function recordsIn(
  { content, deviceId }: ManscdpMessage,
  recordings: readonly SimulatedRecording[],
): readonly RecordItem[] {
  const from = parseTime(childText(content, 'StartTime'), UTC_OFFSET) ?? 0;
  const to = parseTime(childText(content, 'EndTime'), UTC_OFFSET) ?? Number.POSITIVE_INFINITY;
  const matching = recordings.filter(({ start, end }) => start < to && end > from);
  return matching.map(({ name, start, end }) => ({
    ...{ channelId: deviceId, name, filePath: name, start, end, type: 'time' },
  }));
}

function presetNode(number: number, name: string): XmlNode {
  return [
    'Item',
    [
      ['PresetID', number],
      ['PresetName', name],
    ],
  ];
}
