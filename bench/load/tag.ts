/** Message types of RTMP (5.4, 6.2, 7.1) that the generator sends or reads; 8, 9 and 18 are FLV's tag types as well. */
export const SET_CHUNK_SIZE = 1;
export const ACKNOWLEDGEMENT = 3;
export const USER_CONTROL = 4;
export const WINDOW_ACKNOWLEDGEMENT_SIZE = 5;
export const AUDIO = 8;
export const VIDEO = 9;
export const DATA = 18;
export const COMMAND_AMF3 = 17;
export const COMMAND = 20;

/** Bytes before the NAL units in the body of an AVC video tag: frame type and codec, packet type, composition time. */
export const AVC_HEADER = 5;
const CODEC_AVC = 7;
const PACKET_SEQUENCE_HEADER = 0;
const PACKET_NAL_UNITS = 1;
const SOUND_FORMAT_AAC = 10;
const FRAME_TYPE_KEY = 1;

/** Whether the video tag's body that begins at `start` is an access unit of AVC, and not its parameter sets or end. */
export function isAccessUnit(bytes: Buffer, start = 0): boolean {
  return (bytes[start]! & 0x0f) === CODEC_AVC && bytes[start + 1] === PACKET_NAL_UNITS;
}

export function isKeyFrame(bytes: Buffer, start = 0): boolean {
  return bytes[start]! >> 4 === FRAME_TYPE_KEY;
}

/** Whether the body is the description of a track, which is sent once and not again with every loop of the clip. */
export function isSequenceHeader(type: number, body: Buffer): boolean {
  if (type === VIDEO) return (body[0]! & 0x0f) === CODEC_AVC && body[1] === PACKET_SEQUENCE_HEADER;
  return type === AUDIO && body[0]! >> 4 === SOUND_FORMAT_AAC && body[1] === 0;
}

/** How much of a message or tag is kept for looking into it: enough for parameter sets and a stamp behind them. */
export const HEAD_LENGTH = 256;

/**
 * Told of a media message or tag when its last byte has come. `bytes[start..end)` holds its first bytes, up to
 * `HEAD_LENGTH` of them, until the call returns; `time` is the clock's, in microseconds.
 */
export type MediaListener = (type: number, bytes: Buffer, start: number, end: number, time: number) => void;
