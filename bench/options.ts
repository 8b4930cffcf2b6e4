import { parseArgs } from 'node:util';
import { FULL, QUICK, type Timing } from './measure/measurement.ts';
import {
  NAMED_WORKLOADS,
  QUICK_WORKLOADS,
  USUAL_WORKLOADS,
  type Workload,
  workloadOf,
} from './measure/workloads.ts';
import { externalServer } from './servers/external.ts';
import type { Server } from './servers/server.ts';

export interface Options {
  readonly help: boolean;
  readonly json: boolean;
  readonly output: string | undefined;
  readonly timing: Timing;
  readonly workloads: readonly Workload[];
  /** Servers that somebody else started. */
  readonly servers: readonly Server[];
  /** Names of servers that are not to be measured. */
  readonly without: readonly string[];
}

export const HELP = `npm run bench -- [options]

Measures FLUX beside nginx-rtmp and node-media-server under the same load, and prints figures and their ratios.
A server that is not installed is said and left out.

  --only ID,…       these workloads alone, of any size N:
                      W1-N   one publisher → N HTTP-FLV viewers
                      W2-N   the same by RTMP
                      W3-N   N publishers, no viewer
                      W4-N   N publishers with a viewer each, by HTTP-FLV where the server has it, else by RTMP
                      W4r-N  the same by RTMP
                      W5-N   one publisher → N HTTP-FLV viewers on two nodes that share their ports
                      latency-flv, latency-rtmp, first-picture-flv, first-picture-rtmp
                    Without it: ${wrapped(USUAL_WORKLOADS)}
  --all             ${wrapped(NAMED_WORKLOADS)}
  --quick           short windows, one round, and ${wrapped(QUICK_WORKLOADS)}
  --rounds N        rounds of each workload, ${FULL.rounds} without it; the servers take turns in each
  --server SPEC     one more server, running already on this machine; may be repeated:
                      name=NAME,rtmp=PORT,pid=PID[,flv=http://127.0.0.1:PORT/live/{name}.flv]
  --without NAME,…  leaves these servers out
  --json            prints all figures of all rounds as JSON
  --output FILE     writes a page with the machine, the tables and the method, e.g. docs/benchmarks.md
  --help            this text

Streams are published as rtmp://127.0.0.1:PORT/live/NAME. Nothing else should run on the machine meanwhile.`;

const MOST_ROUNDS = 20;

/** Throws an Error that says what is wrong with the command line. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      all: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      output: { type: 'string' },
      only: { type: 'string' },
      rounds: { type: 'string' },
      server: { type: 'string', multiple: true, default: [] },
      without: { type: 'string' },
    },
  });
  const { help, quick, all, json, output, only, rounds, server, without } = values;
  const timing = quick ? QUICK : FULL;
  const unasked = all ? NAMED_WORKLOADS : quick ? QUICK_WORKLOADS : USUAL_WORKLOADS;
  return {
    help,
    json,
    output,
    timing: rounds === undefined ? timing : { ...timing, rounds: roundsOf(rounds) },
    workloads: (list(only) ?? unasked).map(chosen),
    servers: server.map(externalServer),
    without: list(without) ?? [],
  };
}

function list(text: string | undefined): string[] | undefined {
  return text?.split(',').map(part => part.trim());
}

function chosen(id: string): Workload {
  try {
    return workloadOf(id);
  } catch (error) {
    throw new RangeError(`--only: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function roundsOf(text: string): number {
  const rounds = Number(text);
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > MOST_ROUNDS) {
    throw new RangeError(`--rounds must be a whole number from 1 to ${MOST_ROUNDS}`);
  }
  return rounds;
}

/** For the help text: a list on as many lines as it needs. */
function wrapped(ids: readonly string[]): string {
  const lines: string[] = [];
  for (let from = 0; from < ids.length; from += 8) lines.push(ids.slice(from, from + 8).join(', '));
  return lines.join(`,\n${' '.repeat(20)}`);
}
