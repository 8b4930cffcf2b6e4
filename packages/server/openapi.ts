import type { MediaControl } from '@flux-iot/core/control/media-control';
import { buildApp } from './app.ts';

/** The OpenAPI 3.1 document of the REST API, as `/api/v1/openapi.json` answers it; the same on every machine. */
export async function openApiDocument(): Promise<object> {
  // Routes are only described here, never called.
  const app = await buildApp({
    control: {} as MediaControl,
    mediaPort: () => 0,
    version: '',
  });
  try {
    await app.ready();
    return app.swagger();
  } finally {
    await app.close();
  }
}
