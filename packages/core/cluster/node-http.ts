import {
  Agent,
  type ClientRequest,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from 'node:http';
import type { Socket } from 'node:net';
import { FluxError } from '../errors/flux-error.ts';

export interface NodeHttpRequest {
  /** Path and query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** The answer may be long in coming: its connection is not one of those that others wait for. */
  readonly mayWait?: boolean;
}

export interface NodeHttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** An answer is a playlist, a segment or a picture. */
const MAX_BODY = 64 * 1024 * 1024;
/** The other node may wait for a segment's end before it answers. */
const TIMEOUT = 90_000;
const MAX_SOCKETS_A_NODE = 32;
const MAX_WAITING_SOCKETS_A_NODE = 2048;

/** Puts HTTP requests to other media nodes, over connections that proved the shared secret and are kept. */
export class NodeHttpClient {
  readonly #agent: NodeAgent;
  readonly #waitingAgent: NodeAgent;
  readonly #underWay = new Set<{ readonly node: string; readonly request: ClientRequest }>();

  /** `dial` opens a connection to a node by its name. */
  constructor(dial: (node: string) => Promise<Socket>) {
    this.#agent = new NodeAgent(dial, MAX_SOCKETS_A_NODE);
    this.#waitingAgent = new NodeAgent(dial, MAX_WAITING_SOCKETS_A_NODE);
  }

  /** Throws `UPSTREAM_FAILED`, `TIMED_OUT`. */
  fetch(node: string, { target, headers, signal, mayWait }: NodeHttpRequest): Promise<NodeHttpAnswer> {
    return new Promise((resolve, reject) => {
      const fail = (cause: unknown) => reject(asFluxError(cause, node));
      const request = httpRequest(
        // The agent keeps connections by host.
        {
          agent: mayWait ? this.#waitingAgent : this.#agent,
          host: node,
          path: target,
          headers,
          signal,
          timeout: TIMEOUT,
        },
        answer =>
          readBody(answer).then(
            body => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }),
            fail,
          ),
      );
      request.on('timeout', () =>
        request.destroy(new FluxError('TIMED_OUT', `${node} did not answer in time.`)),
      );
      request.on('error', fail);
      const entry = { node, request };
      this.#underWay.add(entry);
      request.on('close', () => this.#underWay.delete(entry));
      request.end();
    });
  }

  /** The node is gone, or hangs: those who wait for its answer are told. */
  abandon(node: string): void {
    for (const { node: asked, request } of this.#underWay)
      if (asked === node)
        request.destroy(new FluxError('UPSTREAM_FAILED', `The media node ${node} is gone.`));
  }

  close(): void {
    this.#agent.destroy();
    this.#waitingAgent.destroy();
  }
}

class NodeAgent extends Agent {
  readonly #dial: (node: string) => Promise<Socket>;

  constructor(dial: (node: string) => Promise<Socket>, maxSockets: number) {
    super({ keepAlive: true, maxSockets });
    this.#dial = dial;
  }

  override createConnection(
    { host }: { host?: string | null },
    callback?: (error: Error | null, socket: Socket) => void,
  ): undefined {
    this.#dial(host ?? '').then(
      socket => callback?.(null, socket),
      // The type has a socket where there is an error, too.
      (error: Error) => (callback as ((error: Error) => void) | undefined)?.(error),
    );
  }
}

async function readBody(answer: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY) throw new FluxError('UPSTREAM_FAILED', 'The answer is too long.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function asFluxError(cause: unknown, node: string): FluxError {
  if (cause instanceof FluxError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new FluxError('UPSTREAM_FAILED', `The media node ${node} could not be asked: ${reason}`, { cause });
}
