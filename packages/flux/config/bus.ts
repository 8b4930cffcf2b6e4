import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { Config } from './schema.ts';

/** Where the bus is, for a program that is started by itself. Throws `CONFIG_INVALID` where it is not said. */
export function busOf({ bus }: Config): Config['bus'] {
  if (bus.address !== '') return bus;
  throw new FluxError(
    'CONFIG_INVALID',
    'Programs that are started one by one find each other by the bus: set bus.address to the same "unix:/PATH" or ' +
      '"tcp:HOST:PORT" for all of them. `flux` without a command starts them together, and needs none.',
  );
}
