import { writeFileSync } from 'node:fs';
import { clip } from './clip/clip.ts';
import { FULL, type Measurement, measure, QUICK, type Timing } from './measure/measurement.ts';
import type { Workload } from './measure/workloads.ts';
import { HELP, type Options, parseOptions } from './options.ts';
import { machine } from './report/machine.ts';
import { page, type Report, summary } from './report/report.ts';
import { combine, type Result } from './report/result.ts';
import { flux } from './servers/flux.ts';
import { nginxRtmp } from './servers/nginx-rtmp.ts';
import { nodeMediaServer } from './servers/node-media-server.ts';
import type { Server } from './servers/server.ts';

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function bench(options: Options, signal: AbortSignal): Promise<Report> {
  const timing = options.quick ? QUICK : FULL;
  const servers: Server[] = [];
  const skipped: string[] = [];
  for (const server of [flux, nginxRtmp, nodeMediaServer, ...options.servers]) {
    const reason = await server.missing();
    if (reason === undefined) servers.push(server);
    else skipped.push(`${server.name}: ${reason}`);
  }
  for (const reason of skipped) say(`left out: ${reason}`);
  const results: Result[] = [];
  for (const workload of options.workloads) {
    results.push(...(await compare(workload, servers, timing, signal)));
  }
  return {
    machine: machine(),
    timing,
    servers: await Promise.all(
      servers.map(async ({ name, settings, version }) => ({ name, settings, version: await version() })),
    ),
    skipped,
    workloads: options.workloads,
    results,
  };
}

/** Measures every server that can do it, in turn, in each round another one first. */
async function compare(
  workload: Workload,
  servers: readonly Server[],
  timing: Timing,
  signal: AbortSignal,
): Promise<Result[]> {
  const able = servers.filter(server => server.hasFlv || workload.watch !== 'watch-flv');
  const file = await clip(workload.gop);
  const measurements = new Map<Server, Measurement[]>(able.map(server => [server, []]));
  for (let round = 0; round < timing.rounds; round++) {
    for (let turn = 0; turn < able.length; turn++) {
      const server = able[(round + turn) % able.length]!;
      say(`${workload.id}, round ${round + 1} of ${timing.rounds}: ${server.name}`);
      measurements.get(server)!.push(await attempt(workload, server, file, timing, signal));
    }
  }
  return able.map(server => combine(workload, server.name, measurements.get(server)!));
}

/** A server that fails is a finding, and not the end of the run. */
async function attempt(
  workload: Workload,
  server: Server,
  file: string,
  timing: Timing,
  signal: AbortSignal,
): Promise<Measurement> {
  try {
    return await measure(workload, server, file, timing, signal);
  } catch (error) {
    signal.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    say(`  ${reason}`);
    return { figures: {}, generatorCores: Number.NaN, doubts: [reason.split('\n', 1)[0]!] };
  }
}

async function main(): Promise<void> {
  const stop = new AbortController();
  let options: Options;
  try {
    options = parseOptions(process.argv.slice(2));
  } catch (error) {
    say(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
    process.exitCode = 2;
    return;
  }
  if (options.help) {
    console.log(HELP);
    return;
  }
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());
  try {
    const report = await bench(options, stop.signal);
    console.log(options.json ? JSON.stringify(report, undefined, 2) : summary(report));
    if (options.output !== undefined) writeFileSync(options.output, page(report));
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    say('stopped');
    process.exitCode = 130;
  }
}

if (import.meta.main) await main();
