import { formatTime, type ManscdpMessage, parseTime } from './message.ts';
import { child, childNumber, childText, type XmlNode } from './xml.ts';

/** One recording that a device has (A.2.6.7). Times are milliseconds since 1970. */
export interface RecordItem {
  readonly channelId: string;
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly filePath?: string;
  readonly address?: string;
  /** `time`, `alarm`, `manual`. */
  readonly type?: string;
  readonly bytes?: number;
}

export interface RecordPart {
  readonly total: number;
  readonly items: readonly RecordItem[];
}

export function parseRecordInfo({ content, deviceId }: ManscdpMessage, offsetMinutes: number): RecordPart {
  const elements = child(content, 'RecordList')?.children.get('Item') ?? [];
  const items = elements.flatMap(element => {
    const start = parseTime(childText(element, 'StartTime'), offsetMinutes);
    const end = parseTime(childText(element, 'EndTime'), offsetMinutes);
    if (start === undefined || end === undefined) return [];
    return [
      {
        channelId: childText(element, 'DeviceID') ?? deviceId,
        name: (childText(element, 'Name') ?? '').slice(0, 256),
        start,
        end,
        filePath: childText(element, 'FilePath')?.slice(0, 512),
        address: childText(element, 'Address')?.slice(0, 256),
        type: childText(element, 'Type')?.slice(0, 32),
        bytes: childNumber(element, 'FileSize'),
      },
    ];
  });
  return { total: childNumber(content, 'SumNum') ?? items.length, items };
}

/** One message of a list of recordings. */
export function recordNodes(total: number, items: readonly RecordItem[], offsetMinutes: number): XmlNode[] {
  const nodes = items.map((item): XmlNode => {
    return [
      'Item',
      [
        ['DeviceID', item.channelId],
        ['Name', item.name],
        ['FilePath', item.filePath],
        ['Address', item.address],
        ['StartTime', formatTime(item.start, offsetMinutes)],
        ['EndTime', formatTime(item.end, offsetMinutes)],
        ['Secrecy', 0],
        ['Type', item.type],
        ['FileSize', item.bytes],
      ],
    ];
  });
  return [
    ['SumNum', total],
    ['RecordList', nodes, { Num: items.length }],
  ];
}
