import type { Logger } from 'pino';
import { banner } from './banner.ts';
import { localHost, parseAddress } from './config/address.ts';
import type { LoadedConfig } from './config/loader.ts';
import { DemoPublisher } from './demo/demo-publisher.ts';
import { createGateway, type Gateway } from './gateway.ts';
import { createLogger } from './logger.ts';

/** A clean stop takes less; what has not ended by then is ended with the process. */
const STOP_TIMEOUT = 2500;

export interface ServeOptions {
  readonly loaded: LoadedConfig;
  /** The configuration file, if there was one. */
  readonly file: string | undefined;
  readonly demo: boolean;
  readonly version: string;
}

/** Runs the gateway until a signal asks it to stop. Throws what keeps it from starting. */
export async function serve({ loaded, file, demo, version }: ServeOptions): Promise<void> {
  const { config, warnings } = loaded;
  const logger = createLogger(config.log);
  logProcessEvents(logger);
  for (const warning of warnings) logger.warn(warning);
  const stopAsked = untilSignal();
  const gateway = await createGateway(config, { logger, version });
  await gateway.start();
  const publisher = demo ? startDemo(gateway, loaded, logger) : undefined;
  const source = sourceOf(loaded, file);
  process.stdout.write(banner({ version, config, gateway, source, hasDemo: publisher !== undefined }));
  logger.info({ version, source }, 'started');

  const signal = await stopAsked;
  logger.info({ signal }, 'stopping');
  publisher?.stop();
  const timer = setTimeout(() => {
    logger.warn('not all connections ended in time');
    process.exit(0);
  }, STOP_TIMEOUT);
  await gateway.stop();
  clearTimeout(timer);
  logger.info('stopped');
}

function logProcessEvents(logger: Logger): void {
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

/** The first SIGINT or SIGTERM; the second one ends the process at once. */
function untilSignal(): Promise<NodeJS.Signals> {
  return new Promise(resolve => {
    let isAsked = false;
    for (const name of ['SIGINT', 'SIGTERM'] as const) {
      process.on(name, () => {
        if (isAsked) process.exit(0);
        isAsked = true;
        resolve(name);
      });
    }
  });
}

function startDemo({ rtmp }: Gateway, { config }: LoadedConfig, logger: Logger): DemoPublisher | undefined {
  if (!rtmp) {
    logger.warn('No demo: it is published by RTMP, which is not enabled.');
    return undefined;
  }
  const host = localHost(parseAddress(config.protocols.rtmp.bind));
  const publisher = new DemoPublisher(`rtmp://${host}:${rtmp.port}/live/demo`, logger);
  publisher.start();
  return publisher;
}

function sourceOf({ overrides }: LoadedConfig, file: string | undefined): string {
  const base = file ?? 'defaults (flux print-config shows them)';
  return overrides.length > 0 ? `${base}, and from the environment ${overrides.join(', ')}` : base;
}
