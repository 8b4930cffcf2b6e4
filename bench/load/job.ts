import type { TallyReport } from './tally.ts';

/** What one load process is to do. */
export interface Job {
  readonly host: string;
  readonly role: 'publish' | 'watch-rtmp' | 'watch-flv';
  readonly port: number;
  readonly app: string;
  /** For `watch-flv`: the address with `{name}` in the place of the stream's name. */
  readonly flvUrl: string;
  /** The stream of each connection. */
  readonly names: readonly string[];
  /** Milliseconds between the beginnings of two connections. */
  readonly spacing: number;
  /** For `publish`: the FLV file. */
  readonly clip: string;
  /** A viewer leaves when it has its first picture, rather than watching on. */
  readonly leaveAfterPicture: boolean;
}

/** To the load process: what to do; begin a measuring window; report on it; end. */
export type Order =
  | { readonly kind: 'job'; readonly job: Job }
  | { readonly kind: 'begin' }
  | { readonly kind: 'report' };

export interface LoadReport extends TallyReport {
  /** Length of the window. */
  readonly seconds: number;
  /** Connections that publish or have had a picture, and have not been lost. */
  readonly working: number;
  readonly failed: number;
  /** Why the first of those failed. */
  readonly failure: string | undefined;
  /** Milliseconds from connecting to the first key frame, of every viewer since the beginning. */
  readonly firstPictures: readonly number[];
  /** Most bytes that a publisher's socket had not sent at the time of the report. */
  readonly backlog: number;
  /** CPU time of the load process in the window. */
  readonly cpuSeconds: number;
  /** Milliseconds by which its timer was late, 99th percentile. */
  readonly lateness: number;
}

/** From the load process: all connections work or have failed; the report. */
export type Answer =
  | {
      readonly kind: 'ready';
      readonly working: number;
      readonly failed: number;
      readonly failure: string | undefined;
    }
  | { readonly kind: 'report'; readonly report: LoadReport };
