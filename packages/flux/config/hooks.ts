import { createHash } from 'node:crypto';
import { CONFIGURED_PREFIX, type Hook } from '@flux-iot/server/hooks/hook';
import type { HookSettings } from '@flux-iot/server/hooks/hook-service';
import type { Config } from './schema.ts';

/** The hooks of the configuration. Their ids follow from their addresses: dead letters find them again. */
export function hookSettings({ hooks, server }: Config): HookSettings {
  const seen = new Map<string, number>();
  return {
    networks: server.hook_networks,
    hooks: hooks.map(({ url, secret, events, decides, apps, timeout }): Hook => {
      const digest = createHash('sha256').update(url).digest('hex').slice(0, 12);
      const count = (seen.get(digest) ?? 0) + 1;
      seen.set(digest, count);
      return {
        id: `${CONFIGURED_PREFIX}${digest}${count > 1 ? `-${count}` : ''}`,
        ...{ url, secret, events, decides, apps },
        timeout: timeout * 1000,
        enabled: true,
        description: '',
        createdAt: 0,
      };
    }),
  };
}
