import type { FigureId } from '../measure/workloads.ts';
import { flux } from '../servers/flux.ts';
import { nginxRtmp } from '../servers/nginx-rtmp.ts';
import { nodeMediaServer } from '../servers/node-media-server.ts';
import { doubted, figure, type Result } from './result.ts';

export interface Target {
  readonly title: string;
  /** NaN where something that it needs was not measured. */
  readonly value: number;
  /** Whether something speaks against a figure that it is made of. */
  readonly doubted: boolean;
  readonly limit: number;
  readonly unit: string;
}

interface Source {
  readonly server: string;
  readonly workload: string;
  readonly id: FigureId;
}

const FAN_OUT = { server: flux.name, workload: 'fan-out-flv', id: 'cpuPerGigabyte' } as const;
const INGEST = { server: flux.name, workload: 'ingest', id: 'cpuCores' } as const;

/** What FLUX sets out to reach, on one machine in one run. */
const TARGETS: readonly (Pick<Target, 'title' | 'limit' | 'unit'> & { own: Source; peer?: Source })[] = [
  {
    title: 'HTTP-FLV fan-out, CPU per GB ÷ that of node-media-server',
    limit: 0.5,
    unit: '×',
    own: FAN_OUT,
    peer: { ...FAN_OUT, server: nodeMediaServer.name },
  },
  {
    title: 'HTTP-FLV fan-out, CPU per GB ÷ that of nginx-rtmp by RTMP',
    limit: 1,
    unit: '×',
    own: FAN_OUT,
    peer: { ...FAN_OUT, server: nginxRtmp.name, workload: 'fan-out-rtmp' },
  },
  {
    title: 'ingest, CPU of 300 publishers ÷ that of node-media-server',
    limit: 0.4,
    unit: '×',
    own: INGEST,
    peer: { ...INGEST, server: nodeMediaServer.name },
  },
  {
    title: 'latency to HTTP-FLV, median',
    limit: 40,
    unit: 'ms',
    own: { server: flux.name, workload: 'latency-flv', id: 'latencyMedian' },
  },
  {
    title: 'first picture of a new HTTP-FLV viewer, worst, key frames 4 s apart',
    limit: 500,
    unit: 'ms',
    own: { server: flux.name, workload: 'first-picture-flv', id: 'firstPictureWorst' },
  },
  {
    title: 'memory of 300 streams without viewers, over the empty server',
    limit: 300,
    unit: 'MB',
    own: { ...INGEST, id: 'rssOverEmpty' },
  },
];

export function targets(results: readonly Result[]): Target[] {
  const value = ({ server, workload, id }: Source): number => figure(results, server, workload, id);
  return TARGETS.map(({ title, limit, unit, own, peer }) => ({
    title,
    limit,
    unit,
    value: peer ? value(own) / value(peer) : value(own),
    doubted: [own, ...(peer ? [peer] : [])].some(({ server, workload }) =>
      doubted(results, server, workload),
    ),
  }));
}
