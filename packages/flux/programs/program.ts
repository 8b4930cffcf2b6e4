import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { Logger } from 'pino';
import { LiveConfig } from '../config/live-config.ts';
import { loadConfig } from '../config/loader.ts';
import type { Config } from '../config/schema.ts';
import { createLogger } from '../logger.ts';
import { announceReady, onReloadAsked, programName, untilStopAsked } from '../supervisor/child.ts';
import type { JsonObject } from '../supervisor/message.ts';

/** A clean stop takes less; what has not ended by then is ended with the process. */
const STOP_TIMEOUT = 2500;

export interface ProgramContext {
  /** As it was at the start. */
  readonly config: Config;
  readonly live: LiveConfig;
  readonly logger: Logger;
  /** What the supervisor calls this program, if there is one. */
  readonly supervisedAs: string | undefined;
}

export interface StartedProgram {
  /** What the supervisor is told. */
  readonly ready: JsonObject;
  /** What a person is told who started the program without a supervisor. */
  readonly banner: string;
  stop(): Promise<void>;
}

/**
 * Runs one of the product's programs until it is asked to stop, by a signal or by its supervisor. `start` throws what
 * keeps it from starting.
 */
export async function runProgram(
  file: string | undefined,
  start: (context: ProgramContext) => Promise<StartedProgram>,
): Promise<void> {
  const stopAsked = untilStopAsked();
  const { config, warnings } = loadConfig(file, process.env);
  const supervisedAs = programName();
  const base = createLogger(config.log);
  const logger = supervisedAs === undefined ? base : base.child({ program: supervisedAs });
  logProcessEvents(logger);
  // The supervisor read the same configuration and has said it.
  const level = supervisedAs === undefined ? 'info' : 'debug';
  if (supervisedAs === undefined) for (const warning of warnings) logger.warn(warning);
  const live = new LiveConfig(config, file, process.env);
  live.onChange(({ log }) => {
    logger.level = log.level;
  });
  const program = await start({ config, live, logger, supervisedAs });
  onReloadAsked(() => reload(live, logger));
  await announceReady(program.ready);
  if (supervisedAs === undefined) process.stdout.write(program.banner);
  logger[level]('started');

  const reason = await stopAsked;
  logger[level]({ reason }, 'stopping');
  const timer = setTimeout(() => {
    logger.warn('not all connections ended in time');
    process.exit(0);
  }, STOP_TIMEOUT);
  await program.stop();
  clearTimeout(timer);
  logger[level]('stopped');
}

/** At a signal: who sent it reads the log. */
function reload(live: LiveConfig, logger: Logger): void {
  try {
    const { applied, needsRestart } = live.reload();
    logger.info({ applied }, 'the configuration was read anew');
    if (needsRestart.length > 0)
      logger.warn({ needsRestart }, `to take effect, ${needsRestart.join(', ')} need a restart`);
  } catch (cause) {
    logger.error(`the configuration stays as it was: ${FluxError.from(cause).message}`);
  }
}

export function logProcessEvents(logger: Logger): void {
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, error => {
      logger.fatal({ err: error }, 'a fault of the server; it ends');
      process.exit(1);
    });
  }
  // Node's own warnings belong into the log. That a feature of it is young is no news to who runs this.
  process.removeAllListeners('warning');
  process.on('warning', ({ name, message }) => {
    logger[name === 'ExperimentalWarning' ? 'debug' : 'warn']({ warning: name }, message);
  });
}
