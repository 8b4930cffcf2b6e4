#!/usr/bin/env node
import { FluxError } from '@flux-iot/core/errors/flux-error';
import { type Command, HELP, parseCommandLine, UsageError } from './command-line.ts';
import { exampleFile } from './config/documents.ts';
import { loadConfig } from './config/loader.ts';
import manifest from './package.json' with { type: 'json' };

const FAILED = 1;
const WRONG_USAGE = 2;
/** EX_CONFIG of sysexits. */
const WRONG_CONFIGURATION = 78;

async function run(command: Command): Promise<void> {
  switch (command.name) {
    case 'help':
      process.stdout.write(HELP);
      return;
    case 'version':
      process.stdout.write(`${manifest.version}\n`);
      return;
    case 'print-config':
      process.stdout.write(exampleFile());
      return;
    case 'check-config':
      checkConfig(command.file);
      return;
    case 'start':
      await start(command.config, command.demo);
  }
}

function checkConfig(file: string): void {
  const { warnings } = loadConfig(file, process.env);
  for (const warning of warnings) process.stderr.write(`${warning}\n`);
  process.stdout.write(`${file} is a valid configuration.\n`);
}

async function start(file: string | undefined, demo: boolean): Promise<void> {
  const loaded = loadConfig(file, process.env);
  // Only here, for the other commands are to answer at once.
  const { serve } = await import('./serve.ts');
  await serve({ loaded, file, demo, version: manifest.version });
  // Nothing is left to do; what still lingers (a viewer's last bytes) is not waited for.
  process.exit(0);
}

/** Says what went wrong as a person wants to read it, and gives the exit code for it. */
function complain(error: unknown): number {
  if (error instanceof UsageError) {
    process.stderr.write(`${error.message}\nflux --help shows what there is.\n`);
    return WRONG_USAGE;
  }
  if (error instanceof FluxError && error.code !== 'INTERNAL') {
    process.stderr.write(`${error.message}\n`);
    return error.code === 'CONFIG_INVALID' ? WRONG_CONFIGURATION : FAILED;
  }
  console.error(error);
  return FAILED;
}

try {
  await run(parseCommandLine(process.argv.slice(2)));
} catch (error) {
  process.exit(complain(error));
}
