/** Types of RTMP messages (RTMP 1.0 §5.4, 6, 7.1). */
export const MESSAGE = {
  SET_CHUNK_SIZE: 1,
  ABORT: 2,
  ACKNOWLEDGEMENT: 3,
  USER_CONTROL: 4,
  WINDOW_ACK_SIZE: 5,
  SET_PEER_BANDWIDTH: 6,
  AUDIO: 8,
  VIDEO: 9,
  DATA_AMF3: 15,
  COMMAND_AMF3: 17,
  DATA_AMF0: 18,
  COMMAND_AMF0: 20,
  AGGREGATE: 22,
} as const;

/** User control events (§7.1.7). */
export const USER_CONTROL = { STREAM_BEGIN: 0, STREAM_EOF: 1, PING_REQUEST: 6, PING_RESPONSE: 7 } as const;

/** Chunk streams by what goes on them; 2 is the protocol's own (§5.4). */
export const CHUNK_STREAM = { CONTROL: 2, COMMAND: 3, AUDIO: 4, DATA: 5, VIDEO: 6 } as const;

export const DEFAULT_CHUNK_SIZE = 128;
/** §5.4.1 allows 2^31 - 1; no message is longer than 2^24 - 1. */
export const MAX_CHUNK_SIZE = 0xffffff;
/** From here on a time stamp has its extended field. */
export const EXTENDED_TIMESTAMP = 0xffffff;

export interface RtmpMessage {
  readonly type: number;
  readonly messageStreamId: number;
  /** 32 bits, milliseconds. */
  readonly timestamp: number;
  readonly payload: Buffer;
}
