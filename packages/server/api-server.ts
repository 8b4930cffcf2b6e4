import type { AddressInfo } from 'node:net';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import { type AppOptions, buildApp } from './app.ts';

export interface ApiServerOptions extends AppOptions {
  readonly host: string;
  readonly port: number;
}

export interface ApiServer {
  readonly port: number;
  /** `0.0.0.0:8080`, `[::]:8080` */
  readonly address: string;
  /** Throws `PORT_IN_USE`. */
  start(): Promise<void>;
  /** Lets requests under way finish, within bounds. Idempotent. */
  stop(): Promise<void>;
}

/** Milliseconds that a request under way may take to finish when the server stops. */
const STOP_TIMEOUT = 1000;

/** flux-server's HTTP side: the REST API, its documents, the page. */
export async function createApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { host } = options;
  const app = await buildApp(options);
  const portOf = () => (app.server.address() as AddressInfo | null)?.port ?? options.port;
  const addressOf = () => `${host.includes(':') ? `[${host}]` : host}:${portOf()}`;
  let stopping: Promise<void> | undefined;
  const close = async () => {
    const timer = setTimeout(() => app.server.closeAllConnections(), STOP_TIMEOUT);
    await app.close();
    clearTimeout(timer);
  };
  return {
    get port() {
      return portOf();
    },
    get address() {
      return addressOf();
    },
    async start() {
      try {
        await app.listen({ host, port: options.port });
      } catch (cause) {
        const { message } = FluxError.from(cause);
        throw new FluxError('PORT_IN_USE', `The API cannot listen on ${addressOf()}: ${message}`, { cause });
      }
    },
    stop() {
      stopping ??= close();
      return stopping;
    },
  };
}
