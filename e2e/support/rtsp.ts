import type { FluxError } from '../../packages/core/errors/flux-error.ts';
import type { StreamOrchestrator } from '../../packages/core/orchestrator/stream-orchestrator.ts';
import { RtspAdapter, type RtspAdapterOptions } from '../../packages/protocols/rtsp/adapter.ts';

/** RTSP on a free port of the loopback address, beside what a gateway has. */
export class TestRtsp {
  readonly adapter: RtspAdapter;
  readonly errors: FluxError[] = [];

  private constructor(orchestrator: StreamOrchestrator, options: Partial<RtspAdapterOptions>) {
    this.adapter = new RtspAdapter({
      orchestrator,
      host: '127.0.0.1',
      port: 0,
      transports: ['tcp', 'udp'],
      // Below those that the system gives out.
      portRange: [20_000, 29_999],
      maxConnections: 100,
      limits: { maxQueuedBytes: 8 * 1024 * 1024, stallTimeout: 30_000 },
      onError: error => this.errors.push(error),
      ...options,
    });
  }

  static async start(
    orchestrator: StreamOrchestrator,
    options: Partial<RtspAdapterOptions> = {},
  ): Promise<TestRtsp> {
    const server = new TestRtsp(orchestrator, options);
    await server.adapter.start();
    return server;
  }

  url(name: string, app = 'live'): string {
    return `rtsp://127.0.0.1:${this.adapter.port}/${app}/${name}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.adapter.stop();
  }
}
