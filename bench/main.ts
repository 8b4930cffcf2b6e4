import { writeFileSync } from 'node:fs';
import { clip } from './clip/clip.ts';
import { duration, type Measurement, measure, type Timing } from './measure/measurement.ts';
import { type Watch, type Workload, watchOf } from './measure/workloads.ts';
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

/** One server under one workload. */
interface Pairing {
  readonly workload: Workload;
  readonly server: Server;
  readonly watch: Watch;
}

async function bench(options: Options, signal: AbortSignal): Promise<Report> {
  const { timing, workloads } = options;
  const { servers, skipped } = await present(options);
  for (const reason of skipped) say(`left out: ${reason}`);
  const plan = workloads.map(workload => pairings(workload, servers));
  const time = timing.rounds * plan.flat().reduce((sum, { workload }) => sum + duration(workload, timing), 0);
  say(`about ${Math.ceil(time / 60_000)} minutes`);
  const results: Result[] = [];
  for (const able of plan) results.push(...(await compare(able, timing, signal)));
  return {
    machine: machine(),
    timing,
    servers: await Promise.all(
      servers.map(async ({ name, settings, version }) => ({ name, settings, version: await version() })),
    ),
    skipped,
    workloads,
    results,
  };
}

async function present({ servers, without }: Options): Promise<{ servers: Server[]; skipped: string[] }> {
  const found: Server[] = [];
  const skipped: string[] = [];
  for (const server of [flux, nginxRtmp, nodeMediaServer, ...servers]) {
    const reason = without.includes(server.name) ? 'not wanted' : await server.missing();
    if (reason === undefined) found.push(server);
    else skipped.push(`${server.name}: ${reason}`);
  }
  return { servers: found, skipped };
}

/** Every server that can do it. */
function pairings(workload: Workload, servers: readonly Server[]): Pairing[] {
  return servers.flatMap(server => {
    const watch = watchOf(workload, server);
    return watch === undefined ? [] : [{ workload, server, watch }];
  });
}

/** Measures the servers in turn, in each round another one first. */
async function compare(able: readonly Pairing[], timing: Timing, signal: AbortSignal): Promise<Result[]> {
  const measurements = new Map<Pairing, Measurement[]>(able.map(pairing => [pairing, []]));
  for (let round = 0; round < timing.rounds; round++) {
    for (let turn = 0; turn < able.length; turn++) {
      const pairing = able[(round + turn) % able.length]!;
      say(`${pairing.workload.id}, round ${round + 1} of ${timing.rounds}: ${pairing.server.name}`);
      measurements.get(pairing)!.push(await attempt(pairing, timing, signal));
    }
  }
  return able.map(pairing => combine(pairing.workload, pairing.server.name, measurements.get(pairing)!));
}

/** A server that fails is a finding, and not the end of the run. */
async function attempt(
  { workload, server, watch }: Pairing,
  timing: Timing,
  signal: AbortSignal,
): Promise<Measurement> {
  const file = await clip(workload.gop);
  try {
    const measurement = await measure(workload, watch, server, file, timing, signal);
    for (const remark of [...measurement.doubts, ...measurement.findings]) say(`  ${remark}`);
    return measurement;
  } catch (error) {
    signal.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    say(`  ${reason}`);
    return { figures: {}, generatorCores: Number.NaN, doubts: [], findings: [reason.split('\n', 1)[0]!] };
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
