import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { AccessRequest } from '@flux-iot/core/orchestrator/protocol-adapter';
import type { StreamOrchestrator } from '@flux-iot/core/orchestrator/stream-orchestrator';
import type { EndReason } from '@flux-iot/core/stream/sink';
import type { Stream } from '@flux-iot/core/stream/stream';
import type { StreamId } from '@flux-iot/core/stream/stream-id';
import type { AuthenticationServer } from '../authentication/server.ts';
import { streamAddress } from './address.ts';
import type { RtspRequest } from './message.ts';
import { StatusError } from './status-error.ts';

/** What a client was let in for. */
export interface Grant {
  readonly streamId: StreamId;
  readonly token: string | undefined;
}

export interface AdmissionOptions {
  readonly orchestrator: StreamOrchestrator;
  /** Challenges clients that are refused; without it they are just refused. */
  readonly authentication: AuthenticationServer | undefined;
  /** Of the client. */
  readonly address: string;
  /** Aborted when the client is gone. */
  readonly signal: AbortSignal;
  /** The right to be here was taken back. */
  readonly end: (reason: EndReason) => void;
  readonly onRefused: (error: FluxError) => void;
}

/** Who may do what on one connection, and what its client was let in for. */
export class Admission {
  readonly #options: AdmissionOptions;
  /** The client was let in to play this. */
  #described: Grant | undefined;

  constructor(options: AdmissionOptions) {
    this.#options = options;
  }

  /** The stream that a client wants to play. Asks once for each stream of a connection whether it may. */
  async open(request: RtspRequest): Promise<Stream> {
    const { orchestrator } = this.#options;
    const grant = streamAddress(request.uri);
    const before = this.#described;
    const isGranted = before?.streamId === grant.streamId && (grant.token ?? before.token) === before.token;
    if (isGranted) return orchestrator.openStream(grant.streamId, this.accessOf(before));
    await this.admit(request, 'play', grant);
    this.#described = grant;
    return orchestrator.openStream(grant.streamId, this.accessOf(grant));
  }

  /** Throws `NOT_ALLOWED`, or answers with a challenge and throws nothing more than that. */
  async admit(request: RtspRequest, action: 'play' | 'publish', grant: Grant): Promise<void> {
    const { authentication, orchestrator } = this.#options;
    const { method, uri, headers } = request;
    const verdict = await authentication?.verify(headers.get('Authorization'), method, uri);
    const user = verdict?.isAllowed ? verdict.user : undefined;
    try {
      await orchestrator.authorize(action, grant.streamId, { ...this.#asking(grant), user });
    } catch (error) {
      const isRefusal =
        error instanceof FluxError && (error.code === 'NOT_ALLOWED' || error.code === 'UNAUTHENTICATED');
      if (!isRefusal || !authentication || user !== undefined) throw error;
      const isStale = verdict !== undefined && !verdict.isAllowed && verdict.isStale;
      // One without credentials is asked for them before it has done anything wrong.
      if (headers.get('Authorization') !== undefined && !isStale) this.#options.onRefused(error);
      throw new ChallengeError(error.message, authentication.challenges(isStale));
    }
  }

  /** For one that was let in. */
  accessOf(grant: Grant): AccessRequest {
    return { ...this.#asking(grant), isInternal: true };
  }

  #asking({ token }: Grant): AccessRequest {
    const { address, signal, end } = this.#options;
    return { protocol: 'rtsp', token, address, signal, end };
  }
}

/** A client has to say who it is. */
export class ChallengeError extends StatusError {
  readonly challenges: readonly string[];

  constructor(message: string, challenges: readonly string[]) {
    super(401, message);
    this.challenges = challenges;
  }
}
