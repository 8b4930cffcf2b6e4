/**
 * Many requests to the API while somebody watches: are they answered, and does the viewer notice?
 *
 *   FLUX_SERVER_RATE_LIMIT=0 FLUX_AUTH_API_KEY=some-long-secret-of-yours npm start -- --demo
 *   node bench/api-load.ts --key some-long-secret-of-yours --api http://127.0.0.1:8080 --flv http://127.0.0.1:8081/flv/demo.flv --stream demo
 */
import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Histogram } from './load/histogram.ts';

export interface ApiLoadOptions {
  readonly api: string;
  /** A stream that is live, and where it is watched. */
  readonly stream: string;
  readonly flv: string;
  /** An API key; left out where the server asks for none. */
  readonly key?: string | undefined;
  /** Requests a second. */
  readonly rate: number;
  readonly seconds: number;
}

export interface ApiLoadResult {
  /** Answered requests by status. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly failed: number;
  /** Answered requests a second. */
  readonly rate: number;
  /** Milliseconds from when a request was due until it was answered. */
  readonly median: number;
  readonly p99: number;
  /** Milliseconds between pieces that the viewer got, 99th percentile and longest: without the load, and with it. */
  readonly quiet: Gaps;
  readonly loaded: Gaps;
}

export interface Gaps {
  readonly p99: number;
  readonly longest: number;
}

const CONNECTIONS = 64;
const PUMP_MILLISECONDS = 5;
/** For connections to be made and code to be compiled. */
const WARM_UP_SECONDS = 3;

export async function loadApi(options: ApiLoadOptions): Promise<ApiLoadResult> {
  const { flv, seconds } = options;
  const gone = new AbortController();
  const viewer = watch(flv, gone.signal);
  await sleep(1000);
  viewer.take();
  await sleep(seconds * 1000);
  const quiet = viewer.take();
  await request({ ...options, seconds: WARM_UP_SECONDS });
  viewer.take();
  const answers = await request(options);
  const loaded = viewer.take();
  gone.abort();
  return { ...answers, quiet, loaded };
}

/** Reads a live stream, and says how far apart its pieces came since it was asked last. */
function watch(url: string, signal: AbortSignal): { take(): Gaps } {
  let gaps = new Histogram();
  let longest = 0;
  let last: number | undefined;
  get(url, { signal, agent: false }, answer => {
    answer.on('data', () => {
      const now = performance.now();
      if (last !== undefined) {
        gaps.add((now - last) * 1000);
        longest = Math.max(longest, now - last);
      }
      last = now;
    });
    answer.on('error', () => {});
  }).on('error', () => {});
  return {
    take() {
      const taken = { p99: gaps.percentile(0.99), longest };
      gaps = new Histogram();
      longest = 0;
      return taken;
    },
  };
}

async function request({
  api,
  stream,
  key,
  rate,
  seconds,
}: ApiLoadOptions): Promise<Omit<ApiLoadResult, 'quiet' | 'loaded'>> {
  const base = `${api}/api/v1`;
  const urls = [
    `${base}/streams`,
    `${base}/streams/${stream}`,
    `${base}/streams/${stream}/stats`,
    `${base}/streams/${stream}/play`,
    `${base}/nodes`,
    `${base}/server`,
    `${base}/hooks`,
  ];
  const headers: Record<string, string> = key === undefined ? {} : { authorization: `Bearer ${key}` };
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const latencies = new Histogram();
  const statuses: Record<string, number> = {};
  let failed = 0;
  let sent = 0;
  let done = 0;
  const begin = performance.now();
  const send = (): void => {
    // Late requests were due earlier: what the server makes others wait is counted.
    const due = begin + (sent / rate) * 1000;
    const url = urls[sent++ % urls.length]!;
    const end = (status: number | undefined): void => {
      done++;
      if (status === undefined) failed++;
      else statuses[status] = (statuses[status] ?? 0) + 1;
      latencies.add((performance.now() - due) * 1000);
    };
    get(url, { agent, headers }, answer => {
      answer.resume();
      answer.once('end', () => end(answer.statusCode));
    }).once('error', () => end(undefined));
  };
  for (let now = begin; now - begin < seconds * 1000; now = performance.now()) {
    while (sent < (rate * (now - begin)) / 1000) send();
    await sleep(PUMP_MILLISECONDS);
  }
  while (done < sent) await sleep(PUMP_MILLISECONDS);
  const took = (performance.now() - begin) / 1000;
  agent.destroy();
  return {
    statuses,
    failed,
    rate: (done - failed) / took,
    median: latencies.percentile(0.5),
    p99: latencies.percentile(0.99),
  };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      api: { type: 'string', default: 'http://127.0.0.1:8080' },
      flv: { type: 'string', default: 'http://127.0.0.1:8081/flv/demo.flv' },
      stream: { type: 'string', default: 'demo' },
      key: { type: 'string' },
      rate: { type: 'string', default: '2000' },
      seconds: { type: 'string', default: '10' },
    },
  });
  const { statuses, failed, rate, median, p99, quiet, loaded } = await loadApi({
    ...values,
    rate: Number(values.rate),
    seconds: Number(values.seconds),
  });
  const answers = Object.entries(statuses).map(([status, count]) => `${count} × ${status}`);
  console.log(`answers  ${answers.join(', ')}, ${failed} failed; ${rate.toFixed(0)} a second`);
  console.log(`latency  median ${median.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`);
  const show = ({ p99: most, longest }: Gaps): string =>
    `p99 ${most.toFixed(0)} ms, longest ${longest.toFixed(0)} ms`;
  console.log(`viewer   between pieces, without load: ${show(quiet)}; with it: ${show(loaded)}`);
}

if (import.meta.main) await main();
