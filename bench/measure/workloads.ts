import type { Server } from '../servers/server.ts';
import { FAN_OUT, FIRST_PICTURE, type FigureId, INGEST, LATENCY } from './figures.ts';

export type Watch = 'watch-flv' | 'watch-rtmp' | 'nothing';

/** What is asked of each server. */
export interface Workload {
  readonly id: string;
  readonly title: string;
  readonly publishers: number;
  /** Seconds between key frames. */
  readonly gop: 2 | 4;
  /** They are spread evenly over the publishers. */
  readonly viewers: number;
  /** `watch-flv-or-rtmp`: by RTMP where the server has no HTTP-FLV. */
  readonly watch: Watch | 'watch-flv-or-rtmp';
  /** Viewers come one after another and leave with their first picture. */
  readonly firstPicture: boolean;
  /** The server is to run as this many nodes that share their ports; undefined for what it does by itself. */
  readonly nodes: number | undefined;
  /** In the order of the table. */
  readonly figures: readonly FigureId[];
}

const ONE = { publishers: 1, gop: 2, viewers: 1, firstPicture: false, nodes: undefined } as const;

/** Sixteen viewers 1.25 s apart meet a GOP of 4 s at sixteen points that lie evenly in it. */
const FIRST_PICTURE_VIEWERS = 16;
export const FIRST_PICTURE_SPACING = 1250;

const NODES = 2;
/** Below what nginx-rtmp is given room for: two connections of the server's for each stream of W4. */
const MOST = 8000;

/** Workloads of one size. */
const SINGLE: readonly Workload[] = [
  {
    ...ONE,
    id: 'latency-flv',
    title: 'Latency, one HTTP-FLV viewer',
    watch: 'watch-flv',
    figures: LATENCY,
  },
  {
    ...ONE,
    id: 'latency-rtmp',
    title: 'Latency, one RTMP viewer',
    watch: 'watch-rtmp',
    figures: LATENCY,
  },
  {
    ...ONE,
    id: 'first-picture-flv',
    title: 'New HTTP-FLV viewer, key frames 4 s apart',
    gop: 4,
    viewers: FIRST_PICTURE_VIEWERS,
    watch: 'watch-flv',
    firstPicture: true,
    figures: FIRST_PICTURE,
  },
  {
    ...ONE,
    id: 'first-picture-rtmp',
    title: 'New RTMP viewer, key frames 4 s apart',
    gop: 4,
    viewers: FIRST_PICTURE_VIEWERS,
    watch: 'watch-rtmp',
    firstPicture: true,
    figures: FIRST_PICTURE,
  },
];

type Size = Pick<Workload, 'title' | 'watch' | 'figures'> &
  Partial<Pick<Workload, 'publishers' | 'viewers' | 'nodes'>>;

/** Workloads of any size: `W1-750`. */
const SIZED: Readonly<Record<string, (size: number) => Size>> = {
  W1: size => ({
    title: `1 publisher → ${size} HTTP-FLV viewers`,
    viewers: size,
    watch: 'watch-flv',
    figures: FAN_OUT,
  }),
  W2: size => ({
    title: `1 publisher → ${size} RTMP viewers`,
    viewers: size,
    watch: 'watch-rtmp',
    figures: FAN_OUT,
  }),
  W3: size => ({
    title: `${size} publishers, no viewer`,
    publishers: size,
    viewers: 0,
    watch: 'nothing',
    figures: INGEST,
  }),
  W4: size => ({
    title: `${size} publishers, a viewer each, by HTTP-FLV where there is one`,
    publishers: size,
    viewers: size,
    watch: 'watch-flv-or-rtmp',
    figures: FAN_OUT,
  }),
  W4r: size => ({
    title: `${size} publishers, an RTMP viewer each`,
    publishers: size,
    viewers: size,
    watch: 'watch-rtmp',
    figures: FAN_OUT,
  }),
  W5: size => ({
    title: `1 publisher → ${size} HTTP-FLV viewers on ${NODES} nodes`,
    viewers: size,
    watch: 'watch-flv',
    nodes: NODES,
    figures: FAN_OUT,
  }),
};

/** Every workload that has a name here, in the order of the page. */
export const NAMED_WORKLOADS: readonly string[] = [
  ...SINGLE.map(({ id }) => id),
  ...['W1-200', 'W1-500', 'W1-1000', 'W1-2000'],
  ...['W2-200', 'W2-500', 'W2-1000', 'W2-2000'],
  ...['W3-300', 'W3-500', 'W3-1000'],
  ...['W4-300', 'W4r-300', 'W5-500'],
];

/** A quarter of an hour beside two others. */
export const USUAL_WORKLOADS: readonly string[] = [
  ...['latency-flv', 'first-picture-flv'],
  ...['W1-500', 'W1-1000', 'W2-500', 'W3-300', 'W3-1000', 'W4-300', 'W5-500'],
];

export const QUICK_WORKLOADS: readonly string[] = ['latency-flv', 'W1-500', 'W2-500', 'W3-300'];

/** Throws a RangeError where there is no such workload. */
export function workloadOf(id: string): Workload {
  const single = SINGLE.find(candidate => candidate.id === id);
  if (single) return single;
  const [, family = '', digits = ''] = /^(\w+)-(\d+)$/.exec(id) ?? [];
  const sized = Object.hasOwn(SIZED, family) ? SIZED[family] : undefined;
  if (!sized) throw new RangeError(`there is no workload "${id}"`);
  const size = Number(digits);
  if (size < 1 || size > MOST) throw new RangeError(`${family}-N: N is from 1 to ${MOST}`);
  return { ...ONE, ...sized(size), id: `${family}-${size}` };
}

/** How the viewers watch this server; undefined where it cannot do what is asked. */
export function watchOf(
  { watch, nodes }: Workload,
  { hasFlv, hasNodes }: Pick<Server, 'hasFlv' | 'hasNodes'>,
): Watch | undefined {
  if (nodes !== undefined && !hasNodes) return undefined;
  if (watch === 'watch-flv-or-rtmp') return hasFlv ? 'watch-flv' : 'watch-rtmp';
  return watch === 'watch-flv' && !hasFlv ? undefined : watch;
}
