import type { StreamCallback } from '@flux-iot/core/orchestrator/protocol-adapter';
import { SocketIntake } from '@flux-iot/core/socket/socket-intake';
import type { StreamId } from '@flux-iot/core/stream/stream-id';
import type { ProfileLibrary } from '../../camera/library.ts';
import { StartTimes } from '../../retry/start-times.ts';
import type { TrackReception } from '../rtp-ingest.ts';
import type { LowerTransport } from '../track-transports.ts';
import { DatagramPorts } from './media-transport.ts';
import { RtspPuller } from './puller.ts';
import type { PullEnvironment, PullTimes } from './session.ts';
import { parsePullSource } from './source.ts';

export interface RtspPullsOptions {
  readonly profiles: ProfileLibrary;
  /** What media may come by. */
  readonly transports: readonly LowerTransport[];
  /** First and last of the UDP ports for RTP and RTCP, both included; processes, and other pools, may share them. */
  readonly portRange: readonly [first: number, last: number];
  /** Whether the certificates of `rtsps` servers have to be valid ones; yes, if left out. */
  readonly verifyTls?: boolean;
  readonly times?: Partial<PullTimes>;
  /** Told of every read of a connection, for those who batch them. */
  readonly onRead?: () => void;
}

/** Three seconds are what other clients wait, too, before they try TCP. */
const TIMES: PullTimes = { firstDatagram: 3000, silence: 10_000 };

/** The cameras that one process pulls from. */
export class RtspPulls {
  readonly #environment: PullEnvironment;
  readonly #transports: readonly LowerTransport[];
  readonly #starts = new StartTimes();
  readonly #pullers = new Set<RtspPuller>();

  /** Throws `CONFIG_INVALID` for a range without a pair of ports. */
  constructor(options: RtspPullsOptions) {
    const { profiles, transports, portRange, verifyTls = true, times, onRead = () => {} } = options;
    this.#transports = transports;
    this.#environment = {
      ...{ profiles, verifyTls, onRead },
      intake: new SocketIntake(),
      ports: transports.includes('udp') ? new DatagramPorts(portRange) : undefined,
      times: { ...TIMES, ...times },
    };
  }

  /** How the tracks of all that is pulled come in. */
  get receptions(): { streamId: StreamId; peer: string; tracks: readonly TrackReception[] }[] {
    return [...this.#pullers]
      .filter(({ status }) => status.state === 'connected')
      .map(({ streamId, sourceUrl, reception }) => ({ streamId, peer: sourceUrl, tracks: reception }));
  }

  /** Pairs of UDP ports that are in use. */
  get portPairs(): number {
    return this.#environment.ports?.taken ?? 0;
  }

  /** Begins to pull a stream, or to wait for somebody to want it. Throws `REQUEST_INVALID`, `URL_INVALID`. */
  pull(streamId: StreamId, given: Readonly<Record<string, unknown>>, callback: StreamCallback): RtspPuller {
    const source = parsePullSource(given, this.#environment.profiles, this.#transports);
    for (const puller of this.#pullers) if (puller.status.state === 'closed') this.#pullers.delete(puller);
    const delay = source.isOnDemand ? 0 : this.#starts.delayFor(source.url.host, performance.now());
    const puller = new RtspPuller({
      ...{ streamId, source, callback, delay },
      environment: this.#environment,
    });
    this.#pullers.add(puller);
    return puller;
  }
}
