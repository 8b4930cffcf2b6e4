import type { AccessQuestion } from '@flux-iot/core/control/access-question';
import type { EventKind, GatewayEvent } from '@flux-iot/core/control/gateway-event';
import type { Action } from '@flux-iot/core/orchestrator/stream-orchestrator';
import { type TProperties, type TSchema, Type } from 'typebox';

const strict = { additionalProperties: false };
const Time = Type.String({ format: 'date-time', description: 'RFC 3339' });
const Node = Type.Optional(Type.String({ description: 'The media node where it happened' }));
const StreamId = Type.String({ description: '`cam1`, or `app~name` outside the app `live`' });
const Protocol = Type.String({ description: '`rtmp`, `rtsp`, `flv`, `ws-flv`, `hls`, …' });
const Peer = Type.String({ description: 'Address and port' });
const Reason = {
  reason: Type.String({ description: 'Stable: `unpublished`, `publisher-lost`, `stopped`, `replaced`, …' }),
  message: Type.String({ description: 'For people' }),
};
const DeviceId = Type.String({ description: 'As the device calls itself' });

function ofStream(details: TProperties) {
  return Type.Object({ node: Node, stream_id: StreamId, ...details }, strict);
}

/** What a message of each kind has in `data`. */
export const EVENT_DATA = {
  publish: ofStream({ protocol: Protocol, peer: Peer }),
  play: ofStream({ protocol: Protocol, peer: Peer, viewer: Type.String({ description: "The viewer's id" }) }),
  stop: ofStream({
    role: Type.Unsafe<'publisher' | 'viewer'>(Type.String({ enum: ['publisher', 'viewer'] })),
    protocol: Protocol,
    peer: Peer,
    seconds: Type.Number({ description: 'How long it was there' }),
    viewer: Type.Optional(Type.String({ description: "The viewer's id" })),
    bytes: Type.Optional(Type.Integer({ description: 'Sent to the viewer' })),
    reason: Type.Optional(Reason.reason),
    message: Type.Optional(Reason.message),
  }),
  'stream-started': ofStream({}),
  'stream-ready': ofStream({
    tracks: Type.Array(
      Type.Object(
        {
          kind: Type.String({ enum: ['video', 'audio'] }),
          codec: Type.String(),
          codec_string: Type.String({ description: 'RFC 6381' }),
        },
        strict,
      ),
    ),
  }),
  'stream-changed': ofStream({
    state: Type.String({ enum: ['waiting', 'discovering', 'live', 'interrupted'] }),
  }),
  'stream-closed': ofStream({ ...Reason, bytes_in: Type.Integer() }),
  'recording-finished': ofStream({
    recording_id: Type.String(),
    seconds: Type.Number(),
    bytes: Type.Integer(),
  }),
  'recording-alarm': Type.Object(
    {
      node: Node,
      stream_id: Type.Optional(StreamId),
      code: Type.String({
        description: 'Of docs/errors.md: `TENANT_LIMIT`, `STORAGE_FULL`, `STORAGE_FAILED`',
      }),
      message: Reason.message,
    },
    strict,
  ),
  'device-online': Type.Object({ node: Node, device_id: DeviceId, protocol: Protocol }),
  'device-offline': Type.Object({ node: Node, device_id: DeviceId, protocol: Protocol }),
  alarm: Type.Object({
    node: Node,
    device_id: DeviceId,
    channel_id: Type.Optional(Type.String({ description: "The device's channel that it is about" })),
    stream_id: Type.Optional(StreamId),
    priority: Type.Optional(Type.Number({ description: '1, the gravest, to 4' })),
    method: Type.Optional(
      Type.Number({
        description: '1 telephone, 2 device, 3 short message, 4 GPS, 5 video, 6 fault, 7 other',
      }),
    ),
    type: Type.Optional(Type.Number({ description: "What it is, in the method's own table" })),
    description: Type.Optional(Type.String()),
  }),
  'node-online': Type.Object({ node: Type.String() }, strict),
  'node-offline': Type.Object({ node: Type.String() }, strict),
} as const satisfies Record<EventKind, TSchema>;

/** What each kind means. */
export const EVENT_MEANINGS: Readonly<Record<EventKind, string>> = {
  publish: 'A publisher was let in and begins.',
  play: 'A viewer begins. By HLS, a viewer is whoever of one address and program asks for segments.',
  stop: 'A publisher or a viewer is gone.',
  'stream-started': 'There is a stream of this id now; its tracks are still to be found.',
  'stream-ready': 'The tracks are known, and it can be played.',
  'stream-changed': 'It has another state.',
  'stream-closed': 'The stream is over, and its viewers with it.',
  'recording-finished': 'A recording is complete.',
  'recording-alarm':
    'Nothing more is recorded of a stream for now: its tenant has used up its storage, or there is no room. The stream goes on.',
  'device-online': 'A device has registered, or answers again.',
  'device-offline': 'A device has left, or answers no longer.',
  alarm: 'A device reports an alarm.',
  'node-online': 'A media node has come.',
  'node-offline': 'A media node is gone.',
};

export type DecisionKind = `on_${Action}`;

const decisionData = Type.Object(
  {
    node: Type.String({ description: 'The media node that asks' }),
    stream_id: StreamId,
    protocol: Type.Optional(Protocol),
    address: Type.Optional(Type.String({ description: "The client's, without port" })),
    user: Type.Optional(
      Type.String({ description: 'Who it has proved to be, where its protocol has a way' }),
    ),
    token: Type.Optional(Type.String({ description: 'What it brought in `?token=` or as bearer' })),
  },
  strict,
);

export const DECISION_DATA: Readonly<Record<DecisionKind, TSchema>> = {
  on_publish: decisionData,
  on_play: decisionData,
};

/** The answer to `on_publish` and `on_play`. */
export const DecisionSchema = Type.Object(
  {
    allow: Type.Boolean(),
    reason: Type.Optional(Type.String({ maxLength: 200, description: 'Why not; the client is told' })),
    lifetime: Type.Optional(
      Type.Number({
        minimum: 1,
        maximum: 31_536_000,
        description: 'Seconds after which the client is ended',
      }),
    ),
    redirect: Type.Optional(
      Type.String({ maxLength: 2048, description: 'With `allow: false`: where the client is sent to' }),
    ),
  },
  strict,
);

export interface Message {
  readonly type: string;
  /** RFC 3339 */
  readonly timestamp: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What is told of an event. */
export function eventMessage({ kind, at, node, streamId, details }: GatewayEvent): Message {
  return message(kind, at, {
    ...(node === undefined ? {} : { node }),
    ...(streamId === undefined ? {} : { stream_id: streamId }),
    ...details,
  });
}

/** What is asked, at `at`, before a client is let in. */
export function decisionMessage({ action, streamId, node, ...client }: AccessQuestion, at: number): Message {
  return message(`on_${action}`, at, { node, stream_id: streamId, ...client });
}

function message(type: string, at: number, data: Message['data']): Message {
  return { type, timestamp: new Date(at).toISOString(), data };
}

/** The whole request of a kind, as docs/hooks.md has it. */
export function messageSchema(type: string, data: TSchema): TSchema {
  return Type.Object({ type: Type.Literal(type), timestamp: Time, data }, strict);
}
