import type { Socket } from 'node:net';
import { RelayDemuxer } from '@flux-iot/media/format/relay/demuxer';
import { FluxError } from '../errors/flux-error.ts';
import type { Relay, RelayTarget } from '../orchestrator/stream-registry.ts';
import { dial } from '../socket/dial.ts';
import { Heartbeat } from '../socket/heartbeat.ts';
import { parseSocketAddress } from '../socket/socket-address.ts';
import { RelayIntake } from './relay-intake.ts';
import { checkAnswer, readLine, writeLine } from './relay-request.ts';

export interface RelaySource {
  /** Where the owner's node is reached: `unix:/path` or `tcp:host:port`. Throws where that node is gone. */
  readonly link: () => string;
  readonly secret: string;
  /** This node's name, for the owner to show. */
  readonly member: string;
  /** Milliseconds that the owner may take: it may have to wait for the stream's first picture. */
  readonly openTimeout: number;
  /** Milliseconds between the owner's signs of life. */
  readonly beat: number;
}

const ENDED = { code: 'unpublished', message: 'The stream ended on its node.' };
const SILENT = { code: 'publisher-lost', message: 'The node that has the stream gave no sign of life.' };
const LOST = { code: 'publisher-lost', message: 'The connection to the node that has the stream was lost.' };

/** Fetches one stream from its owner and feeds the local stream with it, tracks and samples as they are. */
export class RelayClient implements Relay {
  readonly #source: RelaySource;
  readonly #target: RelayTarget;
  readonly #closing = new AbortController();
  #socket: Socket | undefined;
  readonly #intake: RelayIntake;
  #isOver = false;

  constructor(source: RelaySource, target: RelayTarget) {
    this.#source = source;
    this.#target = target;
    this.#intake = new RelayIntake(() => target.publish(reason => this.#finish(reason)));
    void this.#run();
  }

  close(): void {
    this.#isOver = true;
    this.#closing.abort();
    this.#socket?.destroy();
  }

  async #run(): Promise<void> {
    try {
      const { link, secret, member, openTimeout } = this.#source;
      const socket = await dial(parseSocketAddress(link()), secret, this.#closing.signal);
      this.#socket = socket;
      if (this.#isOver) {
        socket.destroy();
        return;
      }
      writeLine(socket, { kind: 'stream', streamId: this.#target.streamId, node: member });
      checkAnswer(await readLine(socket, openTimeout));
      this.#receive(socket);
    } catch (cause) {
      const { code, message } = FluxError.from(cause);
      this.#finish({ code: code === 'STREAM_NOT_FOUND' ? 'unpublished' : 'publisher-lost', message });
    }
  }

  #receive(socket: Socket): void {
    const demuxer = new RelayDemuxer({
      onTracks: list => {
        if (!this.#isOver) this.#intake.useTracks(list);
      },
      onSample: sample => this.#intake.write(sample),
      onEnd: () => this.#finish(ENDED),
    });
    // A node that hangs keeps its connections, and says nothing.
    const heartbeat = new Heartbeat(
      this.#source.beat,
      () => {},
      () => this.#finish(SILENT),
    );
    socket.once('close', () => heartbeat.stop());
    socket.on('data', data => {
      heartbeat.heard();
      try {
        if (!this.#isOver) demuxer.push(data);
      } catch (cause) {
        this.#finish({ code: 'publisher-lost', message: FluxError.from(cause).message });
      }
    });
    socket.once('close', () => this.#finish(LOST));
    if (socket.destroyed) this.#finish(LOST);
  }

  /** Once. */
  #finish(reason: { readonly code: string; readonly message: string }): void {
    if (this.#isOver) return;
    this.close();
    if (!this.#intake.close(reason)) this.#target.failed(reason);
  }
}
