import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { ParseError } from '@flux-iot/media/model/parse-error';
import fc from 'fast-check';
import { NO_BODY, type RtspMessage } from './message.ts';
import { RtspReader, type RtspReaderLimits } from './message-reader.ts';
import { writeInterleaved, writeRequest, writeResponse } from './message-writer.ts';

export const SEED = 20_262;

export const READER_LIMITS: RtspReaderLimits = {
  maxHeadBytes: 16 * 1024,
  maxHeaders: 64,
  maxBodySize: 64 * 1024,
  maxSkippedBytes: 64 * 1024,
};

/** What a reader made of its input, in order. */
export type Unit =
  | { readonly message: RtspMessage }
  | { readonly channel: number; readonly payload: Buffer }
  | { readonly skipped: number }
  | { readonly refused: string };

/** All that is in `pieces`, pushed one after the other; a refusal ends the list. */
export function readAll(
  pieces: readonly Buffer[],
  channels: readonly number[] = [],
  limits: RtspReaderLimits = READER_LIMITS,
): Unit[] {
  const units: Unit[] = [];
  const reader = new RtspReader(limits, {
    onMessage: message => units.push({ message }),
    // The view is gone after the call.
    onInterleaved: (channel, payload) => units.push({ channel, payload: Buffer.from(payload) }),
    onSkipped: skipped => units.push({ skipped }),
  });
  reader.expectChannels(channels);
  try {
    for (const piece of pieces) reader.push(Buffer.from(piece));
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    units.push({ refused: error.reason });
  }
  return units;
}

export function messagesIn(units: readonly Unit[]): RtspMessage[] {
  return units.flatMap(unit => ('message' in unit ? [unit.message] : []));
}

/** `bytes` cut into pieces at the given places. */
export function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const at = [...new Set(places.map(place => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...at].map((start, index) => bytes.subarray(start, at[index] ?? bytes.length));
}

export function bytes(minLength: number, maxLength: number): fc.Arbitrary<Buffer> {
  return fc.uint8Array({ minLength, maxLength }).map(array => Buffer.from(array));
}

const LIVE555_REQUESTS = '../shared/corpora/profuzz/subjects/RTSP/Live555/in-rtsp';

/** Requests of live555's client for its server, a conversation each. None where the collection is absent. */
export function live555Requests(): Buffer[] {
  if (!existsSync(LIVE555_REQUESTS)) return [];
  return readdirSync(LIVE555_REQUESTS).map(name => readFileSync(`${LIVE555_REQUESTS}/${name}`));
}

export const CHANNELS = [0, 1, 2, 3];
/** Where reads cut what is sent. */
export const PLACES = fc.array(fc.nat(100_000), { maxLength: 60 });

export interface Frame {
  readonly channel: number;
  readonly payload: Buffer;
}

/** As far as the reader looks at it: RTP of version 2 on even channels, RTCP on odd ones. */
export function ofSource({ channel, payload }: Frame, source: number): Frame {
  const packet = Buffer.from(payload);
  const isRtcp = channel % 2 === 1;
  packet[0] = 0x80 | (packet[0]! & 0x3f);
  packet[1] = isRtcp ? 200 : 96;
  packet.writeUInt32BE(source, isRtcp ? 4 : 8);
  return { channel, payload: packet };
}

export const FRAME = fc
  .record({ channel: fc.constantFrom(...CHANNELS), payload: bytes(12, 400) })
  .map(frame => ofSource(frame, 0xaabbcc00 + frame.channel));

/** The bytes of a message or frame, as the product writes them. */
export function written(unit: Unit): Buffer {
  if ('message' in unit)
    return unit.message.kind === 'request' ? writeRequest(unit.message) : writeResponse(unit.message);
  return 'payload' in unit ? writeInterleaved(unit.channel, unit.payload) : NO_BODY;
}

/** Lines with the line ends between them. */
export function text(...lines: string[]): Buffer {
  return Buffer.from(lines.join('\r\n'), 'latin1');
}

export const OPTIONS = text('OPTIONS rtsp://host/a RTSP/1.0', 'CSeq: 1', '', '');
export const RTP = Buffer.from('8060000100000001aabbccdd41', 'hex');
/** A byte a read. */
export const SPLIT_ALL = (data: Buffer) => Array.from(data, byte => Buffer.from([byte]));
