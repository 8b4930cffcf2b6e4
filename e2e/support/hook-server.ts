import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedHook {
  readonly type: string;
  readonly timestamp: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

export type HookReply = (hook: ReceivedHook, response: ServerResponse) => void;

/** Somebody else's server, which answers as it is told to. */
export class HookServer {
  readonly received: ReceivedHook[] = [];
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  reply: HookReply;

  private constructor(reply: HookReply) {
    this.reply = reply;
  }

  static async start(
    reply: HookReply = (_hook, response) => response.writeHead(204).end(),
  ): Promise<HookServer> {
    const server = new HookServer(reply);
    await new Promise<void>(resolve => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook`;
  }

  of(type: string): ReceivedHook[] {
    return this.received.filter(hook => hook.type === type);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    request.setEncoding('utf8');
    for await (const part of request) body += part;
    const hook = { ...JSON.parse(body), headers: request.headers, body } as ReceivedHook;
    this.received.push(hook);
    this.reply(hook, response);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise(resolve => this.#server.close(resolve));
  }
}

/** Answers with a decision. */
export function decide(decision: unknown): HookReply {
  return (_hook, response) => {
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(decision));
  };
}
