import type { FigureId } from '../measure/figures.ts';
import { flux } from '../servers/flux.ts';
import { nginxRtmp } from '../servers/nginx-rtmp.ts';
import { nodeMediaServer } from '../servers/node-media-server.ts';
import { doubted, failed, figure, type Result } from './result.ts';

export interface Target {
  readonly title: string;
  /** NaN where something that it needs was not measured. */
  readonly value: number;
  readonly limit: number;
  readonly unit: string;
  readonly digits: number;
  readonly verdict: 'met' | 'missed' | 'not certain' | 'not measured';
}

interface Goal {
  readonly title: string;
  readonly workload: string;
  readonly id: FigureId;
  readonly limit: number;
  readonly unit: string;
  readonly digits?: number;
  /** The figure is FLUX's divided by this server's, of the same workload unless another is named. */
  readonly peer?: { readonly server: string; readonly workload?: string };
}

/** By address: `--server name=SRS,…`. */
const SRS = 'SRS';
const NO_FRAME_LOST = { id: 'lost', limit: 0, unit: '‰', digits: 2 } as const;
const RATIO = { unit: '×', digits: 2 } as const;

/** What FLUX sets out to reach, on one machine in one run. */
const GOALS: readonly Goal[] = [
  {
    ...RATIO,
    title: 'W1-500: CPU ÷ that of node-media-server',
    workload: 'W1-500',
    id: 'cpuCores',
    limit: 0.25,
    peer: { server: nodeMediaServer.name },
  },
  {
    ...RATIO,
    title: 'W1-500: CPU per GB ÷ that of nginx-rtmp by RTMP',
    workload: 'W1-500',
    id: 'cpuPerGigabyte',
    limit: 1,
    peer: { server: nginxRtmp.name, workload: 'W2-500' },
  },
  { title: 'W1-500: latency, median', workload: 'W1-500', id: 'latencyMedian', limit: 100, unit: 'ms' },
  { ...NO_FRAME_LOST, title: 'W1-500: lost frames', workload: 'W1-500' },
  {
    ...RATIO,
    title: 'W1-1000: CPU ÷ that of SRS',
    workload: 'W1-1000',
    id: 'cpuCores',
    limit: 1,
    peer: { server: SRS },
  },
  {
    ...RATIO,
    title: 'W1-1000: latency, median ÷ that of SRS',
    workload: 'W1-1000',
    id: 'latencyMedian',
    limit: 0.5,
    peer: { server: SRS },
  },
  { title: 'W1-1000: latency, p99', workload: 'W1-1000', id: 'latencyP99', limit: 150, unit: 'ms' },
  { ...NO_FRAME_LOST, title: 'W1-1000: lost frames', workload: 'W1-1000' },
  { ...NO_FRAME_LOST, title: 'W1-2000: lost frames', workload: 'W1-2000' },
  {
    ...RATIO,
    title: 'W2-500: CPU ÷ that of nginx-rtmp',
    workload: 'W2-500',
    id: 'cpuCores',
    limit: 0.4,
    peer: { server: nginxRtmp.name },
  },
  { title: 'W2-500: latency, median', workload: 'W2-500', id: 'latencyMedian', limit: 100, unit: 'ms' },
  { ...NO_FRAME_LOST, title: 'W2-500: lost frames', workload: 'W2-500' },
  {
    ...RATIO,
    title: 'W3-300: CPU ÷ that of node-media-server',
    workload: 'W3-300',
    id: 'cpuCores',
    limit: 0.35,
    peer: { server: nodeMediaServer.name },
  },
  {
    ...RATIO,
    title: 'W3-300: CPU ÷ that of nginx-rtmp',
    workload: 'W3-300',
    id: 'cpuCores',
    limit: 1.6,
    peer: { server: nginxRtmp.name },
  },
  {
    title: 'W3-300: RSS over the empty server',
    workload: 'W3-300',
    id: 'rssOverEmpty',
    limit: 300,
    unit: 'MB',
  },
  { ...NO_FRAME_LOST, title: 'W3-300: lost frames', workload: 'W3-300' },
  {
    ...RATIO,
    title: 'W3-500: CPU ÷ that of SRS',
    workload: 'W3-500',
    id: 'cpuCores',
    limit: 1,
    peer: { server: SRS },
  },
  {
    title: 'W3-1000: CPU, half of two cores or a quarter of four',
    workload: 'W3-1000',
    id: 'cpuCores',
    limit: 1,
    unit: 'cores',
    digits: 2,
  },
  { title: 'W3-1000: RSS', workload: 'W3-1000', id: 'rss', limit: 1000, unit: 'MB' },
  { ...NO_FRAME_LOST, title: 'W3-1000: lost frames', workload: 'W3-1000' },
  {
    title: 'One HTTP-FLV viewer: latency, median',
    workload: 'latency-flv',
    id: 'latencyMedian',
    limit: 40,
    unit: 'ms',
  },
  {
    title: 'New HTTP-FLV viewer, key frames 4 s apart: first picture, worst',
    workload: 'first-picture-flv',
    id: 'firstPictureWorst',
    limit: 500,
    unit: 'ms',
  },
];

/** Those whose workload was run; those beside a server by address, where there is one of its name. */
export function targets(results: readonly Result[]): Target[] {
  return GOALS.filter(({ workload, peer }) => {
    const wasRun = results.some(result => result.server === flux.name && result.workload === workload);
    return wasRun && (peer?.server !== SRS || results.some(({ server }) => server === SRS));
  }).map(goal => target(goal, results));
}

function target(
  { title, workload, id, limit, unit, digits = 0, peer }: Goal,
  results: readonly Result[],
): Target {
  const own = figure(results, flux.name, workload, id);
  const peerWorkload = peer?.workload ?? workload;
  const value = peer ? own / figure(results, peer.server, peerWorkload, id) : own;
  const unsure =
    doubted(results, flux.name, workload) || (peer && doubted(results, peer.server, peerWorkload)) === true;
  const verdict = (): Target['verdict'] => {
    if (!unsure && failed(results, flux.name, workload)) return 'missed';
    if (Number.isNaN(value)) return 'not measured';
    if (unsure) return 'not certain';
    return value <= limit ? 'met' : 'missed';
  };
  return { title, value, limit, unit, digits, verdict: verdict() };
}
