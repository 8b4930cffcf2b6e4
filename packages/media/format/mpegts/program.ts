import { DESCRIPTOR, OPUS_FORMAT, PID, TABLE_ID } from './packet.ts';

/** An elementary stream as the program map describes it. */
export interface ProgramStream {
  readonly pid: number;
  readonly streamType: number;
  /** Of an Opus stream: its channel_config_code. */
  readonly opusChannels: number | undefined;
}

const HEADER_SIZE = 8;
const CRC_SIZE = 4;

/** The PID of the first program's map; undefined if the section is another, is not yet valid, or has no program. */
export function programMapPid(section: Buffer): number | undefined {
  if (!isCurrent(section, TABLE_ID.PAT)) return undefined;
  for (let at = HEADER_SIZE; at + 4 <= section.length - CRC_SIZE; at += 4) {
    // Number 0 is the network information.
    if (section.readUInt16BE(at) !== 0) return section.readUInt16BE(at + 2) & PID.NULL;
  }
  return undefined;
}

/** The streams of a program map; undefined if the section is another or not yet valid. */
export function programStreams(section: Buffer): ProgramStream[] | undefined {
  const end = section.length - CRC_SIZE;
  if (!isCurrent(section, TABLE_ID.PMT) || end < HEADER_SIZE + 4) return undefined;
  const streams: ProgramStream[] = [];
  let at = HEADER_SIZE + 4 + (section.readUInt16BE(HEADER_SIZE + 2) & 0x0fff);
  while (at + 5 <= end) {
    const descriptors = at + 5;
    const next = descriptors + (section.readUInt16BE(at + 3) & 0x0fff);
    if (next > end) break;
    streams.push({
      pid: section.readUInt16BE(at + 1) & PID.NULL,
      streamType: section[at] as number,
      opusChannels: opusChannels(section.subarray(descriptors, next)),
    });
    at = next;
  }
  return streams;
}

function isCurrent(section: Buffer, tableId: number): boolean {
  return (
    section.length >= HEADER_SIZE + CRC_SIZE && section[0] === tableId && ((section[5] as number) & 1) === 1
  );
}

function opusChannels(descriptors: Buffer): number | undefined {
  let isOpus = false;
  let channels: number | undefined;
  for (let at = 0; at + 2 <= descriptors.length; at += 2 + (descriptors[at + 1] as number)) {
    const data = descriptors.subarray(at + 2, at + 2 + (descriptors[at + 1] as number));
    if (descriptors[at] === DESCRIPTOR.REGISTRATION) isOpus = data.toString('latin1', 0, 4) === OPUS_FORMAT;
    if (descriptors[at] === DESCRIPTOR.EXTENSION && data[0] === DESCRIPTOR.EXTENSION_OPUS) channels = data[1];
  }
  return isOpus ? channels : undefined;
}
