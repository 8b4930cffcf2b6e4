import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Bus } from '@flux-iot/core/bus/bus';
import { NODE_PREFIX } from '@flux-iot/core/control/cluster-keys';
import { askReload, type ReloadReport } from '@flux-iot/core/control/config-reload';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import { Type } from 'typebox';
import { named, PROBLEMS, the } from './schemas.ts';

/** What became of it in one program. */
export interface ProgramReload extends Partial<ReloadReport> {
  readonly program: string;
  /** Why it goes on with the configuration that it had. */
  readonly error?: string;
}

const SERVER = 'server';

/** All programs read their configuration anew, this one first. Throws `CONFIG_INVALID` where it cannot use what it reads. */
export async function reloadAll(bus: Bus, reloadOwn: () => ReloadReport): Promise<ProgramReload[]> {
  const own = { program: SERVER, ...reloadOwn() };
  const nodes = bus.directory.entries(NODE_PREFIX).map(({ member }) => member);
  const others = nodes.sort().map(async (program): Promise<ProgramReload> => {
    try {
      return { program, ...(await askReload(bus, program)) };
    } catch (cause) {
      return { program, error: FluxError.from(cause).message };
    }
  });
  return [own, ...(await Promise.all(others))];
}

const Keys = Type.Array(Type.String(), { description: 'Names of keys: `server.rate_limit`' });

export const ReloadSchema = named(
  'Reload',
  Type.Object({
    programs: Type.Array(
      Type.Object({
        program: Type.String({ description: '`server`, or the name of a media node' }),
        applied: Type.Optional(Keys),
        needs_restart: Type.Optional(Keys),
        error: Type.Optional(Type.String({ description: 'Why it goes on with what it had' })),
      }),
    ),
  }),
);

/** The configuration, read anew while everything runs. */
export const reloadRoutes: FastifyPluginAsyncTypebox<{
  readonly reload: (() => Promise<ProgramReload[]>) | undefined;
}> = async (app, { reload }) => {
  app.post(
    '/config/reload',
    {
      schema: {
        summary: 'Read the configuration anew; streams and viewers go on',
        tags: ['server'],
        response: { 200: the(ReloadSchema), ...PROBLEMS },
      },
    },
    async request => {
      if (!reload) throw new FluxError('NOT_READY', 'This server has no configuration to read anew.');
      const programs = await reload();
      request.log.info({ programs }, 'the configuration was read anew');
      return {
        programs: programs.map(({ program, applied, needsRestart, error }) => ({
          program,
          ...(applied ? { applied: [...applied] } : {}),
          ...(needsRestart ? { needs_restart: [...needsRestart] } : {}),
          ...(error === undefined ? {} : { error }),
        })),
      };
    },
  );
};
