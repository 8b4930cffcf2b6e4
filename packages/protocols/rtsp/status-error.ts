import { FluxError } from '@flux-iot/core/errors/flux-error';

/** A request is answered with this status (RFC 2326 §7.1.1), and the connection goes on. */
export class StatusError extends Error {
  override readonly name = 'StatusError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * The status for an error of the core; RTSP has fewer than HTTP. For a name that is taken it has none: 406 is what
 * ZLMediaKit answers with (its issue 700), and unlike 403 it does not make clients speak of wrong passwords.
 */
export function statusOf(error: unknown): number {
  if (error instanceof StatusError) return error.status;
  const { code, status } = FluxError.from(error);
  switch (code) {
    case 'STREAM_ENDED':
      return 404;
    case 'STREAM_BUSY':
      return 406;
    case 'CODEC_UNSUPPORTED':
      return 415;
    default:
      return status;
  }
}
