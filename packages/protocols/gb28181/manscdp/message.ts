import { ParseError } from '@flux-iot/media/model/parse-error';
import { childText, parseXml, writeXml, type XmlElement, type XmlNode } from './xml.ts';

export const MANSCDP_TYPE = 'Application/MANSCDP+xml';

export type MessageKind = 'Query' | 'Control' | 'Notify' | 'Response';

/** One message of Annex A: what is asked, ordered, told or answered. */
export interface ManscdpMessage {
  readonly kind: MessageKind;
  /** `Catalog`, `Keepalive`, … */
  readonly command: string;
  /** What tells an answer which question it is of; devices keep it, some of them as text that is no number. */
  readonly sn: string;
  /** The device, or the channel that is meant. */
  readonly deviceId: string;
  readonly content: XmlElement;
}

const KINDS: readonly string[] = ['Query', 'Control', 'Notify', 'Response'] satisfies MessageKind[];

/** Throws `ParseError`. */
export function parseManscdp(body: Buffer): ManscdpMessage {
  const { name, root } = parseXml(body);
  if (!KINDS.includes(name)) throw new ParseError(`a message of the kind ${name.slice(0, 40)}`, 0);
  const command = childText(root, 'CmdType');
  if (command === undefined) throw new ParseError('no CmdType', 0);
  return {
    kind: name as MessageKind,
    command,
    sn: childText(root, 'SN') ?? '',
    deviceId: childText(root, 'DeviceID') ?? '',
    content: root,
  };
}

/** `deviceId`: undefined for the few messages that name whom they mean otherwise. */
export function writeManscdp(
  kind: MessageKind,
  command: string,
  sn: number | string,
  deviceId: string | undefined,
  more: readonly XmlNode[] = [],
): Buffer {
  return writeXml([kind, [['CmdType', command], ['SN', sn], ['DeviceID', deviceId], ...more]]);
}

/** `2024-05-06T07:08:09`, in the local time of the place (the standard says Beijing's). */
export function formatTime(time: number, offsetMinutes: number): string {
  return new Date(time + offsetMinutes * 60_000).toISOString().slice(0, 19);
}

const TIME = /^(\d{4})-(\d{1,2})-(\d{1,2})[T ](\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.\d+)?(Z|[+-]\d{2}:?\d{2})?$/;

/** Milliseconds since 1970; undefined for what is no time. */
export function parseTime(text: string | undefined, offsetMinutes: number): number | undefined {
  const match = TIME.exec(text ?? '');
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number);
  const utc = Date.UTC(year!, month! - 1, day!, hour!, minute!, second!);
  const zone = match[7];
  if (zone === undefined) return utc - offsetMinutes * 60_000;
  if (zone === 'Z') return utc;
  const digits = zone.replace(':', '');
  const minutes = Number(digits.slice(1, 3)) * 60 + Number(digits.slice(3));
  return utc - (digits.startsWith('-') ? -minutes : minutes) * 60_000;
}
