import { parseArgs } from 'node:util';
import type { SimulateOptions } from './programs/simulate.ts';
import { exitCodesText } from './supervisor/exit-code.ts';

export const HELP = `FLUX IoT, a multi-protocol media gateway: publish by RTMP and RTSP, watch by HTTP-FLV, HLS, RTMP and RTSP.

Usage
  flux [--config FILE] [--demo]    start everything: one server and its media nodes
  flux check-config FILE           check a configuration; lists all that is wrong with it
  flux recordings verify           check all recordings against their signed manifests
  flux audit verify [HASH]         check that nobody changed the audit log; HASH is one that was noted down before
  flux backup FILE                 copy the database and its keys into a new file; also while everything runs
  flux restore FILE                make a database and keys of such a file, where there are none
  flux print-config                print every key with its default and what it does, as TOML

Its programs one by one, on one host or several; bus.address and bus.secret tell them where to find one another
  flux server [--config FILE]      the API, the page and the bus
  flux gateway [--config FILE]     a media node with all protocols that are enabled
  flux rtmpd | rtspd | gb28181d | flvd | hlsd
                                   a media node with one protocol

For tests of a GB28181 platform, this one or another
  flux simulate gb28181 [--devices N] [--channels N] [--file CLIP] [--transport udp|tcp]
                        [--server HOST:PORT] [--id SIP-ID] [--domain DOMAIN] [--password PASSWORD]
                                   cameras that register and send CLIP, or a test picture, when asked;
                                   needs ffmpeg

Options
  -c, --config FILE   read the configuration from a TOML file; without one the defaults apply
      --demo          also publish a moving test picture with a clock and a tone, as the stream "demo"
  -h, --help          this text
  -v, --version       the version

Any key can be set in the environment: FLUX_PROTOCOLS_RTMP_BIND=0.0.0.0:1936.

Exit codes
${exitCodesText()}`;

/** Programs that are part of the whole and can be started by themselves. */
export const PROGRAMS = ['server', 'gateway', 'rtmpd', 'rtspd', 'gb28181d', 'flvd', 'hlsd'] as const;

export type Command =
  | { readonly name: 'start'; readonly config: string | undefined; readonly demo: boolean }
  | { readonly name: (typeof PROGRAMS)[number]; readonly config: string | undefined }
  | { readonly name: 'audit-verify'; readonly config: string | undefined; readonly noted: string | undefined }
  | { readonly name: 'backup' | 'restore'; readonly config: string | undefined; readonly file: string }
  | { readonly name: 'simulate'; readonly options: SimulateOptions }
  | { readonly name: 'check-config'; readonly file: string }
  | { readonly name: 'verify-recordings'; readonly config: string | undefined }
  | { readonly name: 'print-config' | 'help' | 'version' };

/** The command line is not one of those that there are; `message` says in what. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Throws `UsageError`. */
export function parseCommandLine(args: readonly string[]): Command {
  if (args[0] === 'simulate' && !args.includes('--help')) {
    return { name: 'simulate', options: parseSimulation(args.slice(1)) };
  }
  const { values, positionals } = parse(args);
  if (values.help) return { name: 'help' };
  if (values.version) return { name: 'version' };
  const [name, ...operands] = positionals;
  if (name === undefined) return { name: 'start', config: values.config, demo: values.demo ?? false };
  const program = PROGRAMS.find(candidate => candidate === name);
  if (program !== undefined) {
    if (values.demo) throw new UsageError('--demo is for starting everything: flux --demo.');
    if (operands.length > 0) throw new UsageError(`${program} takes nothing more, not "${operands[0]}".`);
    return { name: program, config: values.config };
  }
  if (name === 'recordings') {
    if (values.demo) throw new UsageError('--demo is for starting everything: flux --demo.');
    if (operands.join(' ') !== 'verify')
      throw new UsageError('recordings can be verified: flux recordings verify.');
    return { name: 'verify-recordings', config: values.config };
  }
  if (name === 'backup' || name === 'restore') {
    const [file] = operands;
    if (file === undefined || operands.length > 1 || values.demo)
      throw new UsageError(`${name} takes one file: flux ${name} FILE.`);
    return { name, config: values.config, file };
  }
  if (name === 'audit') {
    const [action, noted, ...more] = operands;
    if (action !== 'verify' || more.length > 0 || values.demo)
      throw new UsageError('The audit log can be verified: flux audit verify [HASH].');
    return { name: 'audit-verify', config: values.config, noted };
  }
  if (values.config !== undefined || values.demo) {
    throw new UsageError(`--config and --demo are for starting, not for "${name}".`);
  }
  if (name === 'print-config') {
    if (operands.length > 0) throw new UsageError(`print-config takes nothing more, not "${operands[0]}".`);
    return { name };
  }
  if (name === 'check-config') {
    const [file] = operands;
    if (file === undefined || operands.length > 1) throw new UsageError('check-config takes one file.');
    return { name, file };
  }
  throw new UsageError(`There is no command "${name}".`);
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        config: { type: 'string', short: 'c' },
        demo: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean', short: 'v' },
      },
    });
  } catch (cause) {
    const [sentence = ''] = (cause instanceof Error ? cause.message : String(cause)).split('. To specify');
    throw new UsageError(sentence, { cause });
  }
}

const SIMULATION = {
  server: { type: 'string', default: '127.0.0.1:5060' },
  id: { type: 'string' },
  domain: { type: 'string', default: '3402000000' },
  password: { type: 'string', default: '' },
  devices: { type: 'string', default: '1' },
  channels: { type: 'string', default: '1' },
  transport: { type: 'string', default: 'udp' },
  file: { type: 'string' },
} as const;

function parseSimulation([what, ...args]: readonly string[]): SimulateOptions {
  if (what !== 'gb28181') throw new UsageError('What is simulated? There is: flux simulate gb28181.');
  let values: ReturnType<typeof parseArgs<{ options: typeof SIMULATION }>>['values'];
  try {
    values = parseArgs({ args: [...args], options: SIMULATION }).values;
  } catch (cause) {
    const [sentence = ''] = (cause instanceof Error ? cause.message : String(cause)).split('. To specify');
    throw new UsageError(sentence, { cause });
  }
  const { server, id, domain, password, transport, file } = values;
  if (!/^.+:\d{1,5}$/.test(server)) throw new UsageError('--server is HOST:PORT.');
  if (!/^\d{10}(?:\d{10})?$/.test(domain)) throw new UsageError('--domain has 10 or 20 digits.');
  if (id !== undefined && !/^\d{20}$/.test(id)) throw new UsageError('--id has 20 digits.');
  if (transport !== 'udp' && transport !== 'tcp') throw new UsageError('--transport is udp or tcp.');
  return {
    ...{ server, id, domain, password, transport, file },
    devices: countOf('--devices', values.devices, 100_000),
    channels: countOf('--channels', values.channels, 100),
  };
}

function countOf(option: string, text: string, most: number): number {
  const count = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= most) return count;
  throw new UsageError(`${option} is a whole number from 1 to ${most}.`);
}
