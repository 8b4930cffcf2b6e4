import { parseArgs } from 'node:util';
import { WORKLOADS, type Workload } from './measure/workloads.ts';
import { externalServer } from './servers/external.ts';
import type { Server } from './servers/server.ts';

export interface Options {
  readonly help: boolean;
  readonly quick: boolean;
  readonly json: boolean;
  readonly output: string | undefined;
  readonly workloads: readonly Workload[];
  /** Servers that somebody else started. */
  readonly servers: readonly Server[];
}

export const HELP = `npm run bench -- [options]

Measures FLUX beside nginx-rtmp and node-media-server under the same load, and prints figures and their ratios.
A server that is not installed is said and left out.

  --quick           one short round instead of three long ones
  --only ID,…       these workloads alone:
${WORKLOADS.map(({ id, title }) => `                      ${id.padEnd(20)}${title}`).join('\n')}
  --server SPEC     one more server, running already on this machine; may be repeated:
                      name=NAME,rtmp=PORT,pid=PID[,flv=http://127.0.0.1:PORT/live/{name}.flv]
  --json            prints all figures of all rounds as JSON
  --output FILE     writes a page with the machine, the tables and the method, e.g. docs/benchmarks.md
  --help            this text

Streams are published as rtmp://127.0.0.1:PORT/live/NAME. Nothing else should run on the machine meanwhile.`;

/** Throws an Error that says what is wrong with the command line. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      output: { type: 'string' },
      only: { type: 'string' },
      server: { type: 'string', multiple: true, default: [] },
    },
  });
  const { help, quick, json, output, only, server } = values;
  return { help, quick, json, output, workloads: chosen(only), servers: server.map(externalServer) };
}

function chosen(only: string | undefined): readonly Workload[] {
  if (only === undefined) return WORKLOADS;
  return only.split(',').map(id => {
    const workload = WORKLOADS.find(candidate => candidate.id === id);
    if (!workload) throw new RangeError(`--only: there is no workload "${id}"`);
    return workload;
  });
}
