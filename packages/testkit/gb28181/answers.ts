import { type CatalogItem, catalogNodes } from '@flux-iot/protocols/gb28181/manscdp/catalog';
import { formatTime, type ManscdpMessage, parseTime } from '@flux-iot/protocols/gb28181/manscdp/message';
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
/** Orders that a device carries out without a word (GB/T 28181 §9.3.2). */
const UNANSWERED = new Set(['PTZCmd', 'TeleBoot', 'IFameCmd', 'IFrameCmd', 'DragZoomIn', 'DragZoomOut']);
const NO_ORDERS = new Set(['CmdType', 'SN', 'DeviceID', 'Info']);

/** What a device answers to a question or an order. */
export function answersTo(message: ManscdpMessage, device: DeviceContent): Answers {
  const { command, deviceId, content } = message;
  switch (command) {
    case 'DeviceInfo':
      return one([
        ['DeviceName', `模拟设备 ${device.id.slice(-4)}`],
        ['Result', 'OK'],
        ['Manufacturer', 'FLUX'],
        ['Model', 'Simulated'],
        ['Firmware', '1.0'],
        ['Channel', device.channels.length],
      ]);
    case 'DeviceStatus':
      return one([
        ['Result', 'OK'],
        ['Online', 'ONLINE'],
        ['Status', 'OK'],
        ['DeviceTime', formatTime(Date.now(), UTC_OFFSET)],
        ['Encode', 'ON'],
        ['Record', 'OFF'],
      ]);
    case 'Catalog':
      return parts(device.channels, device, catalogNodes);
    case 'RecordInfo':
      return parts(recordingsIn(content, device.recordings), device, (total, items) => [
        ['SumNum', total],
        ['RecordList', items.map(item => recordingNode(deviceId, item)), { Num: items.length }],
      ]);
    case 'PresetQuery':
      return one([['PresetList', [presetNode(1, '大门'), presetNode(2, 'yard')], { Num: 2 }]]);
    case 'ConfigDownload':
      return configurationOf(content, device);
    case 'DeviceControl':
    case 'DeviceConfig': {
      const names = [...content.children.keys()].filter(name => !NO_ORDERS.has(name));
      const orders = names.map(name => `${name} ${childText(content, name) ?? ''}`.trim());
      return { orders, answers: names.every(name => UNANSWERED.has(name)) ? [] : [[['Result', 'OK']]] };
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
  const all: (readonly Item[])[] = [];
  for (let at = 0; at < Math.max(1, items.length); at += partSize) all.push(items.slice(at, at + partSize));
  if (quirks?.losesPart) all.pop();
  if (quirks?.reversesParts) all.reverse();
  const total = items.length + (quirks?.overstates ?? 0);
  return { answers: all.map(part => contentOf(total, part)), orders: [] };
}

function recordingsIn(
  content: ManscdpMessage['content'],
  recordings: readonly SimulatedRecording[],
): readonly SimulatedRecording[] {
  const from = parseTime(childText(content, 'StartTime'), UTC_OFFSET) ?? 0;
  const to = parseTime(childText(content, 'EndTime'), UTC_OFFSET) ?? Number.POSITIVE_INFINITY;
  return recordings.filter(({ start, end }) => start < to && end > from);
}

function recordingNode(channelId: string, { name, start, end }: SimulatedRecording): XmlNode {
  return [
    'Item',
    [
      ['DeviceID', channelId],
      ['Name', name],
      ['FilePath', name],
      ['StartTime', formatTime(start, UTC_OFFSET)],
      ['EndTime', formatTime(end, UTC_OFFSET)],
      ['Secrecy', 0],
      ['Type', 'time'],
    ],
  ];
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
