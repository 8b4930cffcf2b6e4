import type { Logger } from 'pino';
import { announceReady, onReloadAsked, untilStopAsked } from './child.ts';
import { EXIT_CODE } from './exit-code.ts';
import type { JsonObject } from './message.ts';
import { Supervisor, type SupervisorOptions } from './supervisor.ts';

export interface SuperviseOptions extends SupervisorOptions {
  readonly logger: Logger;
  /** Called once, when the essential programs are ready, with what each said of itself. */
  readonly onReady?: (payloads: ReadonlyMap<string, JsonObject>) => void;
  /** Called when a stop is asked for, before any program is told. */
  readonly onStopping?: () => void;
}

/**
 * Runs the programs until a signal asks for a stop; a second signal ends them and this process at once. Throws
 * `StartFailure`, with everything stopped again, where they cannot be started.
 */
export async function supervise({
  logger,
  onReady,
  onStopping,
  ...options
}: SuperviseOptions): Promise<void> {
  const supervisor = new Supervisor(options);
  supervisor.on('log', ({ severity, program, message, context }) =>
    logger[severity]({ program, ...context }, message),
  );
  const onAgain = () => {
    supervisor.kill();
    process.exit(EXIT_CODE.STOPPED);
  };
  const stopped = untilStopAsked({ onAgain }).then(reason => {
    logger.info({ reason }, 'stopping');
    onStopping?.();
    return supervisor.stop();
  });
  onReloadAsked(() => supervisor.reload());
  if ((await supervisor.start()) === 'ready') {
    onReady?.(supervisor.payloads);
    void announceReady();
  }
  await stopped;
  logger.info('stopped');
}
