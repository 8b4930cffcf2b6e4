#!/usr/bin/env node
import { FluxError } from '@flux-iot/core/errors/flux-error';
import { type Command, HELP, parseCommandLine, UsageError } from './command-line.ts';
import { exampleFile } from './config/documents.ts';
import { loadConfig } from './config/loader.ts';
import manifest from './package.json' with { type: 'json' };
import { announceFailure } from './supervisor/child.ts';
import { EXIT_CODE } from './supervisor/exit-code.ts';
import { StartFailure } from './supervisor/program.ts';

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
    case 'simulate': {
      const { runSimulation } = await import('./programs/simulate.ts');
      await runSimulation(command.options);
      process.exit(EXIT_CODE.STOPPED);
      break;
    }
    case 'check-config':
      checkConfig(command.file);
      return;
    case 'verify-recordings': {
      const { verifyAll } = await import('./verify-recordings.ts');
      const areGood = await verifyAll(loadConfig(command.config, process.env).config);
      if (!areGood) process.exitCode = EXIT_CODE.FAILED;
      return;
    }
    case 'backup':
    case 'restore': {
      const { config } = loadConfig(command.config, process.env);
      const { backUp, restore } = await import('./backup.ts');
      const act = command.name === 'backup' ? backUp : restore;
      process.stdout.write(act(config, process.env, command.file));
      return;
    }
    case 'audit-verify':
      await verifyAuditLog(command.config, command.noted);
      return;
    default:
      await start(command);
  }
}

function checkConfig(file: string): void {
  const { warnings } = loadConfig(file, process.env);
  for (const warning of warnings) process.stderr.write(`${warning}\n`);
  process.stdout.write(`${file} is a valid configuration.\n`);
}

/** Those that run until they are stopped. */
type StartCommand = Exclude<
  Extract<Command, { readonly config: string | undefined }>,
  { readonly name: 'verify-recordings' | 'audit-verify' | 'backup' | 'restore' }
>;

/** Says whether the log is as it was written; the exit code says so too. */
async function verifyAuditLog(file: string | undefined, noted: string | undefined): Promise<void> {
  const { config } = loadConfig(file, process.env);
  const { describeAudit } = await import('./audit-report.ts');
  const { text, isWhole } = await describeAudit(config, process.env, noted);
  process.stdout.write(text);
  if (!isWhole) process.exitCode = EXIT_CODE.FAILED;
}

/** The programs are loaded only here, for the other commands are to answer at once. */
async function start(command: StartCommand): Promise<void> {
  const { version } = manifest;
  const { config: file } = command;
  switch (command.name) {
    case 'start': {
      const loaded = loadConfig(file, process.env);
      const { runAllInOne } = await import('./programs/all-in-one.ts');
      await runAllInOne({ loaded, file, demo: command.demo, version });
      break;
    }
    case 'server': {
      const { runServer } = await import('./programs/server.ts');
      await runServer(file, version);
      break;
    }
    default: {
      const { runGateway } = await import('./programs/gateway.ts');
      await runGateway(file, version, command.name === 'gateway' ? undefined : command.name);
    }
  }
  // Nothing is left to do; what still lingers (a viewer's last bytes) is not waited for.
  process.exit(EXIT_CODE.STOPPED);
}

/** Says what went wrong as a person wants to read it, once, and gives the exit code for it. */
async function complain(error: unknown): Promise<number> {
  if (error instanceof UsageError) {
    process.stderr.write(`${error.message}\nflux --help shows what there is.\n`);
    return EXIT_CODE.WRONG_USAGE;
  }
  if (error instanceof StartFailure) {
    process.stderr.write(`${error.message}\n`);
    return error.exitCode;
  }
  if (error instanceof FluxError && error.code !== 'INTERNAL') {
    // A supervisor says it for all programs that fail for the same reason.
    if (!(await announceFailure(error.message))) process.stderr.write(`${error.message}\n`);
    return error.code === 'CONFIG_INVALID' ? EXIT_CODE.WRONG_CONFIGURATION : EXIT_CODE.FAILED;
  }
  console.error(error);
  return EXIT_CODE.FAILED;
}

try {
  await run(parseCommandLine(process.argv.slice(2)));
} catch (error) {
  process.exit(await complain(error));
}
