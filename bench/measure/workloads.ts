import type { Job } from '../load/job.ts';

/** What is asked of each server. */
export interface Workload {
  readonly id: string;
  readonly title: string;
  readonly publishers: number;
  /** Seconds between key frames. */
  readonly gop: 2 | 4;
  readonly viewers: number;
  readonly watch: Exclude<Job['role'], 'publish'> | 'nothing';
  /** Viewers come one after another and leave with their first picture. */
  readonly firstPicture: boolean;
  /** In the order of the table. */
  readonly figures: readonly FigureId[];
}

/** Every figure is better when it is smaller. */
export const FIGURES = {
  latencyMedian: { title: 'latency, median', unit: 'ms', digits: 1 },
  latencyP99: { title: 'latency, p99', unit: 'ms', digits: 1 },
  firstPictureMedian: { title: 'first picture, median', unit: 'ms', digits: 0 },
  firstPictureWorst: { title: 'first picture, worst', unit: 'ms', digits: 0 },
  cpuPerGigabyte: { title: 'CPU per delivered GB', unit: 's', digits: 2 },
  cpuCores: { title: 'CPU', unit: 'cores', digits: 3 },
  rss: { title: 'RSS', unit: 'MB', digits: 0 },
  rssOverEmpty: { title: 'RSS over the empty server', unit: 'MB', digits: 0 },
  lost: { title: 'lost frames', unit: '‰', digits: 2 },
} as const;

export type FigureId = keyof typeof FIGURES;
export type Figures = Readonly<Partial<Record<FigureId, number>>>;

const ONE_VIEWER: readonly FigureId[] = ['latencyMedian', 'latencyP99', 'lost'];
const FIRST_PICTURE: readonly FigureId[] = ['firstPictureMedian', 'firstPictureWorst'];
const FAN_OUT: readonly FigureId[] = [
  'cpuPerGigabyte',
  'cpuCores',
  'latencyMedian',
  'latencyP99',
  'lost',
  'rss',
];
const BASE = { publishers: 1, gop: 2, viewers: 1, firstPicture: false } as const;

/** Sixteen viewers 1.25 s apart meet a GOP of 4 s at sixteen points that lie evenly in it. */
const FIRST_PICTURE_VIEWERS = 16;
export const FIRST_PICTURE_SPACING = 1250;

export const WORKLOADS: readonly Workload[] = [
  {
    ...BASE,
    id: 'latency-flv',
    title: 'Latency, one HTTP-FLV viewer',
    watch: 'watch-flv',
    figures: ONE_VIEWER,
  },
  {
    ...BASE,
    id: 'latency-rtmp',
    title: 'Latency, one RTMP viewer',
    watch: 'watch-rtmp',
    figures: ONE_VIEWER,
  },
  {
    ...BASE,
    id: 'first-picture-flv',
    title: 'New HTTP-FLV viewer, key frames 4 s apart',
    gop: 4,
    viewers: FIRST_PICTURE_VIEWERS,
    watch: 'watch-flv',
    firstPicture: true,
    figures: FIRST_PICTURE,
  },
  {
    ...BASE,
    id: 'first-picture-rtmp',
    title: 'New RTMP viewer, key frames 4 s apart',
    gop: 4,
    viewers: FIRST_PICTURE_VIEWERS,
    watch: 'watch-rtmp',
    firstPicture: true,
    figures: FIRST_PICTURE,
  },
  {
    ...BASE,
    id: 'fan-out-flv',
    title: '1 publisher → 500 HTTP-FLV viewers',
    viewers: 500,
    watch: 'watch-flv',
    figures: FAN_OUT,
  },
  {
    ...BASE,
    id: 'fan-out-rtmp',
    title: '1 publisher → 500 RTMP viewers',
    viewers: 500,
    watch: 'watch-rtmp',
    figures: FAN_OUT,
  },
  {
    ...BASE,
    id: 'ingest',
    title: '300 publishers, no viewer',
    publishers: 300,
    viewers: 0,
    watch: 'nothing',
    figures: ['cpuCores', 'rss', 'rssOverEmpty', 'lost'],
  },
];
