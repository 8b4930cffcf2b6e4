/**
 * All errors that the product answers with: a stable code, its HTTP status and what it means. The table in
 * docs/errors.md is made from this one.
 */
export const ERROR_CODES = {
  STREAM_NOT_FOUND: { status: 404, meaning: 'No stream of this id is live or configured.' },
  STREAM_BUSY: { status: 409, meaning: 'Somebody publishes under this id already.' },
  STREAM_ENDED: { status: 410, meaning: 'The stream ended while the request was under way.' },
  STREAM_ID_INVALID: { status: 400, meaning: 'The stream id or the app name is not of the allowed form.' },
  STREAM_NOT_READY: { status: 504, meaning: 'The stream is known but brought no picture or sound in time.' },
  STREAM_LIMIT: {
    status: 503,
    meaning: 'As many streams, connections or ingests as the configuration allows.',
  },
  REQUEST_INVALID: { status: 400, meaning: 'A parameter or the body of the request is wrong.' },
  REQUEST_TOO_LARGE: { status: 413, meaning: 'The body of the request is larger than allowed.' },
  MEDIA_TYPE_UNSUPPORTED: { status: 415, meaning: 'The body of the request is not JSON.' },
  URL_INVALID: { status: 400, meaning: 'The URL is not one that the protocol can use.' },
  RATE_LIMITED: { status: 429, meaning: 'Too many requests; the answer says after how long to ask again.' },
  IDEMPOTENCY_KEY_REUSED: { status: 422, meaning: 'The idempotency key was used for another request.' },
  IDEMPOTENCY_KEY_BUSY: { status: 409, meaning: 'The first request with the idempotency key is under way.' },
  METHOD_NOT_ALLOWED: { status: 405, meaning: 'The path does not take this method.' },
  ROUTE_NOT_FOUND: { status: 404, meaning: 'There is nothing at this path.' },
  SEGMENT_NOT_FOUND: { status: 404, meaning: 'The segment does not exist or is no longer kept.' },
  RELOAD_TIMED_OUT: {
    status: 503,
    meaning: 'What was waited for did not come within three target durations of the HLS playlist.',
  },
  WAITING_LIMIT: { status: 503, meaning: 'As many requests wait for media that is to come as may.' },
  RANGE_INVALID: { status: 416, meaning: 'The requested range has no byte of what is there.' },
  INGEST_NOT_FOUND: { status: 404, meaning: 'No ingest of this id is configured.' },
  PUSH_NOT_FOUND: { status: 404, meaning: 'No push of this id is configured.' },
  DEVICE_NOT_FOUND: { status: 404, meaning: 'No device or channel of this id has registered.' },
  DEVICE_OFFLINE: { status: 409, meaning: 'The device has registered before, but is not reachable now.' },
  DEVICE_REFUSED: {
    status: 502,
    meaning: 'The device refused what it was asked, or answered with an error.',
  },
  PROTOCOL_DISABLED: { status: 409, meaning: 'The protocol is not among `protocols.enabled`.' },
  PROTOCOL_UNSUPPORTED: { status: 400, meaning: 'The protocol cannot do what was asked of it.' },
  CODEC_UNSUPPORTED: { status: 409, meaning: "The stream's codec cannot be carried by this protocol." },
  NOT_PLAYABLE: {
    status: 404,
    meaning: 'The stream is not to be had in codecs that the player knows; no transcode profile makes them.',
  },
  UNAUTHENTICATED: {
    status: 401,
    meaning: 'A login, a key or a token is needed, and there is none that is good.',
  },
  CSRF_TOKEN_INVALID: {
    status: 403,
    meaning: 'A change asked for with a session needs its X-CSRF-Token header.',
  },
  TENANT_LIMIT: {
    status: 429,
    meaning: 'The tenant has as much as it may: streams, viewers, bits a second, transcodes, bytes recorded.',
  },
  TOO_MANY_ATTEMPTS: { status: 429, meaning: 'Too many wrong logins; Retry-After says when to try again.' },
  ACCOUNT_NOT_FOUND: { status: 404, meaning: 'There is no such user, tenant, key or token.' },
  NAME_TAKEN: { status: 409, meaning: 'The name or the app is taken.' },
  NOT_ALLOWED: { status: 403, meaning: 'Refused: the role, the key or the token is not for this.' },
  REDIRECTED: { status: 302, meaning: 'The stream is to be had elsewhere; the answer names the address.' },
  HOOK_FAILED: { status: 503, meaning: 'A hook that has to be asked gave no answer that counts.' },
  HOOK_NOT_FOUND: { status: 404, meaning: 'No hook, or no dead letter, of this id is there.' },
  HOOK_LIMIT: { status: 409, meaning: 'As many hooks as there may be.' },
  CONFIG_INVALID: { status: 500, meaning: 'The configuration has an unknown key or a wrong value.' },
  PORT_IN_USE: { status: 500, meaning: 'A listening address is taken or may not be bound.' },
  PROTOCOL_ERROR: { status: 400, meaning: 'The peer does not follow the protocol.' },
  UPSTREAM_FAILED: { status: 502, meaning: 'The remote server refused, failed or went away.' },
  TIMED_OUT: { status: 504, meaning: 'What was waited for did not come in time.' },
  SNAPSHOT_BUSY: {
    status: 503,
    meaning: 'As many pictures wait to be decoded as may; `Retry-After` says when to ask again.',
  },
  PICTURE_UNDECODABLE: { status: 502, meaning: "The stream's picture cannot be decoded." },
  DECODER_FAILED: { status: 500, meaning: 'The process that decoded the picture ended meanwhile.' },
  TRANSCODE_LIMIT: {
    status: 503,
    meaning: 'As many streams are transcoded as the configuration allows.',
  },
  TRANSCODE_FAILED: { status: 502, meaning: 'The stream cannot be transcoded.' },
  STORAGE_FAILED: { status: 500, meaning: 'The media storage could not read or write.' },
  STORAGE_FULL: { status: 507, meaning: 'There is no room left for what is to be stored.' },
  RECORDING_NOT_FOUND: { status: 404, meaning: 'No recording of this id, or of this time, exists.' },
  RECORDING_HELD: {
    status: 409,
    meaning: 'The recording is held, or is being written: it may not be deleted.',
  },
  RECORDING_ACTIVE: { status: 409, meaning: 'The stream is being recorded already.' },
  BUS_FULL: { status: 503, meaning: 'The programs of the product have as much in common as they may.' },
  BACKUP_FAILED: { status: 500, meaning: 'The backup cannot be written, or cannot be restored.' },
  NOT_READY: { status: 503, meaning: 'A protocol does not listen yet, or no longer.' },
  INTERNAL: { status: 500, meaning: 'A fault of the server; the log has its cause.' },
} as const satisfies Record<string, { status: number; meaning: string }>;

/** Seconds after which what was refused for want of room may be asked for again, by error and for all others. */
const RETRY_AFTER: Readonly<Partial<Record<ErrorCode, number>>> = {
  SNAPSHOT_BUSY: 1,
  WAITING_LIMIT: 1,
  TRANSCODE_LIMIT: 10,
};

const DEFAULT_RETRY_AFTER = 5;

export type ErrorCode = keyof typeof ERROR_CODES;

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(ERROR_CODES, value);
}

/** The base of every error that leaves a module. `context` holds what finds the place: peer, stream, offset. */
export class FluxError extends Error {
  override readonly name = 'FluxError';
  readonly code: ErrorCode;
  readonly context: Readonly<Record<string, unknown>>;

  constructor(
    code: ErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly context?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.context = options.context ?? {};
  }

  get status(): number {
    return ERROR_CODES[this.code].status;
  }

  static from(error: unknown): FluxError {
    if (error instanceof FluxError) return error;
    return new FluxError('INTERNAL', error instanceof Error ? error.message : String(error), {
      cause: error,
    });
  }
}

/** Seconds after which it may be tried again; undefined where that is of no use. */
export function retryAfterOf({ code, status, context }: FluxError): number | undefined {
  if (typeof context.retryAfter === 'number') return context.retryAfter;
  return RETRY_AFTER[code] ?? (status === 429 ? DEFAULT_RETRY_AFTER : undefined);
}
