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
  METHOD_NOT_ALLOWED: { status: 405, meaning: 'The path does not take this method.' },
  ROUTE_NOT_FOUND: { status: 404, meaning: 'There is nothing at this path.' },
  SEGMENT_NOT_FOUND: { status: 404, meaning: 'The segment does not exist or is no longer kept.' },
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
  NOT_ALLOWED: { status: 403, meaning: 'Refused by the rules for publishing and playing.' },
  CONFIG_INVALID: { status: 500, meaning: 'The configuration has an unknown key or a wrong value.' },
  PORT_IN_USE: { status: 500, meaning: 'A listening address is taken or may not be bound.' },
  PROTOCOL_ERROR: { status: 400, meaning: 'The peer does not follow the protocol.' },
  UPSTREAM_FAILED: { status: 502, meaning: 'The remote server refused, failed or went away.' },
  TIMED_OUT: { status: 504, meaning: 'What was waited for did not come in time.' },
  STORAGE_FAILED: { status: 500, meaning: 'The media storage could not read or write.' },
  NOT_READY: { status: 503, meaning: 'A protocol does not listen yet, or no longer.' },
  INTERNAL: { status: 500, meaning: 'A fault of the server; the log has its cause.' },
} as const satisfies Record<string, { status: number; meaning: string }>;

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
