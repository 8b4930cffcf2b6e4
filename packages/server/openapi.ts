import { StreamOrchestrator } from '@flux-iot/core/orchestrator/stream-orchestrator';
import { buildApp } from './app.ts';

/** The OpenAPI 3.1 document of the REST API, as `/api/v1/openapi.json` answers it; the same on every machine. */
export async function openApiDocument(): Promise<object> {
  // Routes are only described here, never called.
  const orchestrator = new StreamOrchestrator({
    stream: { gop: { maxBytes: 0, maxSeconds: 0 }, discoverySeconds: 0 },
    flush: { minInterval: 20, maxInterval: 60 },
    turns: { minInterval: 20, maxInterval: 40 },
    maxStreams: 0,
    takeover: false,
    publisherGrace: 0,
    openTimeout: 0,
  });
  const app = await buildApp({ orchestrator, adapters: [], mediaPort: () => 0, version: '' });
  try {
    await app.ready();
    return app.swagger();
  } finally {
    await app.close();
    orchestrator.close();
  }
}
