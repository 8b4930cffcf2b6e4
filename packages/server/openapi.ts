import { proxyList } from '@flux-iot/core/access/client-address';
import type { MediaControl } from '@flux-iot/core/control/media-control';
import type { Accounts } from './accounts/accounts.ts';
import { buildApp } from './app.ts';
import type { RecordingLibrary } from './recordings/library.ts';

/** The OpenAPI 3.1 document of the REST API, as `/api/v1/openapi.json` answers it; the same on every machine. */
export async function openApiDocument(): Promise<object> {
  // Routes are only described here, never called.
  const app = await buildApp({
    control: {} as MediaControl,
    recordings: {} as RecordingLibrary,
    access: { accounts: {} as Accounts, isOpen: true, proxies: proxyList([]) },
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
