import { FluxError } from '@flux-iot/core/errors/flux-error';

/** Why a session came to nothing, as far as something other than trying again follows from it. */
export type FailureKind =
  /** Name and password are not accepted. */
  | 'refused'
  /** Media does not come this way; it may by another transport. */
  | 'transport'
  /** The stream is at another address. */
  | 'moved';

/** A failure that knows its kind. */
export class PullError extends FluxError {
  readonly kind: FailureKind;
  /** Of what has moved: where to. */
  readonly location: string | undefined;

  constructor(kind: FailureKind, message: string, location?: string) {
    super('UPSTREAM_FAILED', message);
    this.kind = kind;
    this.location = location;
  }
}

export function isOfKind(error: unknown, kind: FailureKind): error is PullError {
  return error instanceof PullError && error.kind === kind;
}
