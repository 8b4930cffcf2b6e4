import type { ParseError } from '../../model/parse-error.ts';
import { RecordingReceiver } from '../flv/test-support.ts';
import type { PsAudioCodec } from './audio-reader.ts';
import { PsDemuxer } from './demuxer.ts';

/** What a demuxer found, and what it said. */
export interface Found {
  readonly recorder: RecordingReceiver;
  readonly errors: string[];
  readonly codecs: string[];
  readonly refused: string[];
  readonly packs: number;
  readonly demuxer: PsDemuxer;
}

/** `pieces`: the stream in the pieces in which it comes; `undefined` where one was lost. `hasMarks`: each is marked. */
export function demux(
  pieces: readonly (Buffer | undefined)[],
  audioHint?: PsAudioCodec,
  hasMarks = false,
): Found {
  const recorder = new RecordingReceiver();
  const errors: string[] = [];
  const codecs: string[] = [];
  const refused: string[] = [];
  let packs = 0;
  const demuxer = new PsDemuxer({
    receiver: recorder,
    audioHint,
    onPack: () => packs++,
    onCodec: (codec, isCertain) => codecs.push(isCertain ? codec : `${codec}?`),
    onRefused: name => refused.push(name),
    onError: (error: ParseError) => errors.push(error.reason),
  });
  for (const piece of pieces) {
    if (piece) demuxer.push(piece);
    else demuxer.lose();
    if (hasMarks) demuxer.mark();
  }
  demuxer.flush();
  return { recorder, errors, codecs, refused, packs, demuxer };
}

export function cut(stream: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(stream.length / size) }, (_, index) =>
    stream.subarray(index * size, (index + 1) * size),
  );
}

/** A pack header as the standard's figure has it, written bit by bit. */
export function pack(scr: number, stuffing = 0): Buffer {
  const bits = BigInt(scr).toString(2).padStart(33, '0');
  const text =
    `01${bits.slice(0, 3)}1${bits.slice(3, 18)}1${bits.slice(18)}1${'0'.repeat(9)}1` +
    `${(5000).toString(2).padStart(22, '0')}1111111${stuffing.toString(2).padStart(3, '0')}`;
  return Buffer.concat([Buffer.from('000001ba', 'hex'), bytesOf(text), Buffer.alloc(stuffing, 0xff)]);
}

export interface PesOptions {
  readonly pts?: number;
  readonly dts?: number;
  /** What is written in place of the true length. */
  readonly length?: number;
  /** Stuffing bytes in the header. */
  readonly stuffing?: number;
}

export function pes(streamId: number, payload: Buffer, options: PesOptions = {}): Buffer {
  const { pts, dts, stuffing = 0 } = options;
  const times: Buffer[] = [];
  if (pts !== undefined) times.push(time(dts === undefined ? '0010' : '0011', pts));
  if (dts !== undefined) times.push(time('0001', dts));
  const fields = Buffer.concat([...times, Buffer.alloc(stuffing, 0xff)]);
  const flags = pts === undefined ? 0 : dts === undefined ? 0x80 : 0xc0;
  const header = Buffer.from([0, 0, 1, streamId, 0, 0, 0x8c, flags, fields.length]);
  header.writeUInt16BE(options.length ?? 3 + fields.length + payload.length, 4);
  return Buffer.concat([header, fields, payload]);
}

/** A stream map with the checksum left 0, as cameras do. */
export function map(...streams: readonly (readonly [type: number, id: number])[]): Buffer {
  const entries = Buffer.from(streams.flatMap(([type, id]) => [type, id, 0, 0]));
  const body = Buffer.concat([Buffer.from([0xe0, 0xff, 0, 0, 0, entries.length]), entries, Buffer.alloc(4)]);
  const head = Buffer.from([0, 0, 1, 0xbc, 0, body.length]);
  return Buffer.concat([head, body]);
}

export function annexB(...units: readonly Buffer[]): Buffer {
  return Buffer.concat(units.flatMap(unit => [Buffer.from([0, 0, 0, 1]), unit]));
}

function time(prefix: string, ticks: number): Buffer {
  const bits = BigInt(ticks).toString(2).padStart(33, '0');
  return bytesOf(`${prefix}${bits.slice(0, 3)}1${bits.slice(3, 18)}1${bits.slice(18)}1`);
}

function bytesOf(bits: string): Buffer {
  return Buffer.from((bits.match(/.{8}/g) ?? []).map(byte => Number.parseInt(byte, 2)));
}
