/** What is measured. Every figure is better when it is smaller. */
export interface Figure {
  readonly title: string;
  readonly unit: string;
  /** Behind the point. */
  readonly digits: number;
  /** Of several rounds the worst one counts, since a median would hide it. */
  readonly isWorst?: boolean;
}

export type FigureId =
  | 'cpuCores'
  | 'cpuPerGigabyte'
  | 'rss'
  | 'rssOverEmpty'
  | 'latencyMedian'
  | 'latencyP99'
  | 'latencyMax'
  | 'lost'
  | 'firstPictureMedian'
  | 'firstPictureWorst';

export type Figures = Readonly<Partial<Record<FigureId, number>>>;

export const FIGURES: Readonly<Record<FigureId, Figure>> = {
  cpuCores: { title: 'CPU', unit: 'cores', digits: 3 },
  cpuPerGigabyte: { title: 'CPU per delivered GB', unit: 's', digits: 2 },
  rss: { title: 'RSS', unit: 'MB', digits: 0 },
  rssOverEmpty: { title: 'RSS over the empty server', unit: 'MB', digits: 0 },
  latencyMedian: { title: 'latency, median', unit: 'ms', digits: 1 },
  latencyP99: { title: 'latency, p99', unit: 'ms', digits: 1 },
  latencyMax: { title: 'latency, longest', unit: 'ms', digits: 1, isWorst: true },
  lost: { title: 'lost frames', unit: '‰', digits: 2, isWorst: true },
  firstPictureMedian: { title: 'first picture, median', unit: 'ms', digits: 0 },
  firstPictureWorst: { title: 'first picture, worst', unit: 'ms', digits: 0, isWorst: true },
};

export const LATENCY: readonly FigureId[] = ['latencyMedian', 'latencyP99', 'latencyMax', 'lost'];
export const FIRST_PICTURE: readonly FigureId[] = ['firstPictureMedian', 'firstPictureWorst'];
export const INGEST: readonly FigureId[] = ['cpuCores', 'rss', 'rssOverEmpty', 'lost'];
export const FAN_OUT: readonly FigureId[] = [
  'cpuCores',
  'cpuPerGigabyte',
  'rss',
  ...LATENCY,
  ...FIRST_PICTURE,
];
