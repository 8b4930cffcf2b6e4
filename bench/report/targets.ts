import { flux } from '../servers/flux.ts';
import { nginxRtmp } from '../servers/nginx-rtmp.ts';
import { nodeMediaServer } from '../servers/node-media-server.ts';
import { figure, type Result } from './result.ts';

export interface Target {
  readonly title: string;
  /** NaN where something that it needs was not measured. */
  readonly value: number;
  readonly limit: number;
  readonly unit: string;
}

/** What FLUX sets out to reach, on one machine in one run. */
export function targets(results: readonly Result[]): Target[] {
  const own = (workload: string, id: Parameters<typeof figure>[3]): number =>
    figure(results, flux.name, workload, id);
  const fanOut = own('fan-out-flv', 'cpuPerGigabyte');
  return [
    {
      title: 'HTTP-FLV fan-out, CPU per GB ÷ that of node-media-server',
      value: fanOut / figure(results, nodeMediaServer.name, 'fan-out-flv', 'cpuPerGigabyte'),
      limit: 0.5,
      unit: '×',
    },
    {
      title: 'HTTP-FLV fan-out, CPU per GB ÷ that of nginx-rtmp by RTMP',
      value: fanOut / figure(results, nginxRtmp.name, 'fan-out-rtmp', 'cpuPerGigabyte'),
      limit: 1,
      unit: '×',
    },
    {
      title: 'ingest, CPU of 300 publishers ÷ that of node-media-server',
      value: own('ingest', 'cpuCores') / figure(results, nodeMediaServer.name, 'ingest', 'cpuCores'),
      limit: 0.4,
      unit: '×',
    },
    {
      title: 'latency to HTTP-FLV, median',
      value: own('latency-flv', 'latencyMedian'),
      limit: 40,
      unit: 'ms',
    },
    {
      title: 'first picture of a new HTTP-FLV viewer, worst, key frames 4 s apart',
      value: own('first-picture-flv', 'firstPictureWorst'),
      limit: 500,
      unit: 'ms',
    },
    {
      title: 'memory of 300 streams without viewers, over the empty server',
      value: own('ingest', 'rssOverEmpty'),
      limit: 300,
      unit: 'MB',
    },
  ];
}
