import { join } from 'node:path';
import { RelayDemuxer } from '@flux-iot/media/format/relay/demuxer';
import { RelayMuxer } from '@flux-iot/media/format/relay/muxer';
import type { Sample } from '@flux-iot/media/model/sample';
import { FluxError } from '../errors/flux-error.ts';
import { WorkerProcess } from '../ffmpeg/worker-process.ts';
import type { Ingest, IngestStatus } from '../orchestrator/protocol-adapter.ts';
import type { StreamOrchestrator } from '../orchestrator/stream-orchestrator.ts';
import { TRANSCODE_PROTOCOL } from '../orchestrator/stream-status.ts';
import { RelayIntake } from '../relay/relay-intake.ts';
import { StreamHistory } from '../stream/history.ts';
import type { Publication } from '../stream/publication.ts';
import type { EndReason } from '../stream/sink.ts';
import { SocketTransport } from '../stream/socket-transport.ts';
import type { StreamId } from '../stream/stream-id.ts';
import { Viewer, type ViewerLimits } from '../stream/viewer.ts';
import type { TranscodeProfile } from './profile.ts';
import { NOTE } from './worker/note.ts';

export interface TranscodeOptions {
  readonly streamId: StreamId;
  readonly sourceId: StreamId;
  readonly profile: TranscodeProfile;
  readonly orchestrator: StreamOrchestrator;
  /** Of the process, which is a viewer of the source: it skips to a key frame where it falls behind. */
  readonly limits: ViewerLimits;
  /** Bytes of memory of the process. */
  readonly maxMemory: number;
}

const PROGRAM = join(import.meta.dirname, 'worker/main.ts');
const FIRST_DELAY = 500;
const MAX_DELAY = 10_000;
/** Having run for so many milliseconds, the next failure is a new one. */
const STABLE_AFTER = 30_000;
/** In a row, until it is given up. */
const MAX_FAILURES = 5;

/**
 * Makes a stream of another, in a process of its own, while somebody wants it. A process that dies is started again; the
 * viewers wait for it as for a publisher that comes back.
 */
export class Transcode implements Ingest {
  readonly streamId: StreamId;
  readonly protocol = TRANSCODE_PROTOCOL;
  readonly isDerived = true;
  readonly history = new StreamHistory();
  readonly #options: TranscodeOptions;
  #status: IngestStatus = { state: 'waiting', attempts: 0 };
  #run: Run | undefined;
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: TranscodeOptions) {
    this.streamId = options.streamId;
    this.#options = options;
  }

  get status(): IngestStatus {
    return this.#status;
  }

  /** Of the process, while there is one. */
  get pid(): number | undefined {
    return this.#run?.pid;
  }

  demand(isWanted: boolean): void {
    if (!isWanted) this.close({ code: 'idle', message: 'Nobody watches it.' });
    else if (this.#status.state === 'waiting') this.#start();
  }

  /** Ends it for good. Idempotent. */
  close(reason: EndReason): void {
    if (this.#status.state === 'closed') return;
    clearTimeout(this.#timer);
    this.#status = { ...this.#status, state: 'closed', lastError: this.#status.lastError ?? reason.message };
    this.#run?.end(reason);
  }

  #start(): void {
    this.#status = { state: 'connecting', attempts: this.#status.attempts + 1 };
    const startedAt = performance.now();
    const run = new Run(this.#options, {
      onConnected: () => {
        this.#status = { state: 'connected', attempts: this.#status.attempts };
      },
      onEnd: reason => {
        this.#run = undefined;
        if (this.#status.state === 'closed') return;
        if (performance.now() - startedAt > STABLE_AFTER) this.#failures = 0;
        if (reason.code === 'publisher-lost') this.#retry(reason);
        else this.close(reason);
      },
      note: (step, text) => this.history.note(step, text),
    });
    this.#run = run;
    void run.begin();
  }

  #retry({ message }: EndReason): void {
    this.#failures++;
    this.#status = { ...this.#status, state: 'retrying', lastError: message };
    if (this.#failures >= MAX_FAILURES) {
      this.close({ code: 'given-up', message });
      return;
    }
    const delay = Math.min(FIRST_DELAY * 2 ** (this.#failures - 1), MAX_DELAY);
    this.#status = { ...this.#status, nextAttemptAt: Date.now() + delay };
    this.#timer = setTimeout(() => this.#start(), delay).unref();
  }
}

interface RunCallbacks {
  onConnected(): void;
  /** Once. `publisher-lost`: it may be tried again. */
  onEnd(reason: EndReason): void;
  note(step: string, text: string): void;
}

/** One process from its start to its end. */
class Run {
  readonly #options: TranscodeOptions;
  readonly #callbacks: RunCallbacks;
  #process: WorkerProcess | undefined;
  #publication: Publication | undefined;
  #detach: () => void = () => {};
  #isOver = false;

  constructor(options: TranscodeOptions, callbacks: RunCallbacks) {
    this.#options = options;
    this.#callbacks = callbacks;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  async begin(): Promise<void> {
    const { orchestrator, sourceId, streamId, profile, limits, maxMemory } = this.#options;
    try {
      const source = await orchestrator.openStream(sourceId, { isInternal: true });
      if (this.#isOver) return;
      const publisher = {
        protocol: TRANSCODE_PROTOCOL,
        peer: sourceId,
        close: (reason: EndReason) => this.end(reason),
      };
      const publication = await orchestrator.registerStream(streamId, publisher, { isInternal: true });
      this.#publication = publication;
      if (this.#isOver) {
        publication.close({ code: 'stopped', message: 'It is no longer wanted.' });
        return;
      }
      const worker = new WorkerProcess({ program: PROGRAM, args: [JSON.stringify(profile)], maxMemory });
      this.#process = worker;
      this.#callbacks.note(
        'transcoder-started',
        `process ${worker.pid} makes ${profile.name} of ${sourceId}`,
      );
      const output = source.output('transcode', () => ({ name: 'transcode', muxer: new RelayMuxer() }));
      const transport = new SocketTransport(worker.socket);
      const viewer = new Viewer({ protocol: TRANSCODE_PROTOCOL, peer: streamId, transport, limits });
      this.#detach = () => output.detach(viewer);
      output.attach(viewer, { gop: true, framed: false });
      this.#receive(worker, publication);
      this.#callbacks.onConnected();
    } catch (cause) {
      const { code, message } = FluxError.from(cause);
      this.end({ code: code === 'STREAM_NOT_FOUND' ? 'unpublished' : 'publisher-lost', message });
    }
  }

  /** Idempotent. */
  end(reason: EndReason): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#detach();
    this.#process?.kill();
    this.#publication?.close(reason);
    this.#callbacks.onEnd(reason);
  }

  #receive(worker: WorkerProcess, publication: Publication): void {
    const intake = new RelayIntake(() => publication);
    const demuxer = new RelayDemuxer({
      onTracks: list => intake.useTracks(list),
      onSample: sample => {
        if (!this.#isNote(sample)) intake.write(sample);
      },
      onEnd: () => this.end({ code: 'unpublished', message: 'Its source ended.' }),
    });
    worker.socket.on('data', data => {
      if (this.#isOver) return;
      try {
        demuxer.push(data);
      } catch (cause) {
        this.end({ code: 'publisher-lost', message: FluxError.from(cause).message });
      }
    });
    void worker.ended.then(reason => {
      if (!this.#isOver) this.#callbacks.note('transcoder-ended', reason);
      this.end({ code: 'publisher-lost', message: `The transcoder ended: ${reason}` });
    });
  }

  #isNote(sample: Sample): boolean {
    if (sample.kind !== 'data' || sample.name !== NOTE) return false;
    this.#callbacks.note('transcoder', String(sample.values[0]));
    return true;
  }
}
