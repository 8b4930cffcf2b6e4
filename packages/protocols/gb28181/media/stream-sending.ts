import { randomBytes } from 'node:crypto';
import type { EndReason, StreamSink } from '@flux-iot/core/stream/sink';
import { ParseError } from '@flux-iot/media/model/parse-error';
import type { Sample } from '@flux-iot/media/model/sample';
import type { Track } from '@flux-iot/media/model/track';
import { G711Packetizer } from './g711-packetizer.ts';
import type { OutgoingTransport } from './outgoing-transport.ts';
import { type FramePacketizer, PsPacketizer } from './ps-packetizer.ts';
import type { Sending, SendRequest } from './sending.ts';

/** Bytes that may wait; then everything up to the next key frame is left out. */
const MAX_QUEUE = 8 * 1024 * 1024;
/** Of sound alone, about two seconds: what is heard later is of no use to who talks. */
const MAX_SOUND_QUEUE = 16 * 1024;

/** One stream on its way to a device or a platform. What it is given is packed at once, and not kept. */
export class StreamSending implements Sending, StreamSink {
  readonly port: number;
  packets = 0;
  bytes = 0;
  readonly #request: SendRequest;
  readonly #onStart: (sending: StreamSending) => void;
  readonly #packetizer: FramePacketizer;
  readonly #isSoundOnly: boolean;
  readonly #maxQueue: number;
  readonly #closings: (() => void)[] = [];
  readonly #leftOut = new Set<string>();
  #transport: OutgoingTransport | undefined;
  #isStarted = false;
  #isAttached = false;
  #hasVideo = false;
  #isBehind = false;
  #isReplaying = false;
  #closed = false;

  /** `onStart` makes the way out ready, now or later, and gives it to `use`. */
  constructor(request: SendRequest, port: number, onStart: (sending: StreamSending) => void) {
    this.#request = request;
    this.port = port;
    this.#onStart = onStart;
    const { ssrc, format = 'ps' } = request;
    this.#isSoundOnly = format !== 'ps';
    this.#maxQueue = this.#isSoundOnly ? MAX_SOUND_QUEUE : MAX_QUEUE;
    const first = randomBytes(2).readUInt16BE();
    this.#packetizer = format === 'g711a' ? new G711Packetizer(ssrc, first) : new PsPacketizer(ssrc, first);
  }

  get closed(): boolean {
    return this.#closed;
  }

  start(): void {
    if (this.#closed || this.#isStarted) return;
    this.#isStarted = true;
    this.#onStart(this);
    this.#attach();
  }

  /** There is a way out. */
  use(transport: OutgoingTransport): void {
    if (this.#closed) {
      transport.close();
      return;
    }
    this.#transport = transport;
    this.#attach();
  }

  note(step: string, detail: string): void {
    if (!this.#closed) this.#request.history.note(step, detail);
  }

  /** Called once, when it is over. */
  onClose(action: () => void): void {
    this.#closings.push(action);
  }

  end(reason: string): void {
    if (this.#closed) return;
    this.close();
    this.#request.onEnded(reason);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#request.stream.removeSink(this);
    this.#transport?.close();
    for (const action of this.#closings) action();
  }

  onTracks(tracks: readonly Track[]): void {
    const wanted = this.#isSoundOnly ? tracks.filter(({ kind }) => kind === 'audio') : tracks;
    const carried = wanted.filter(track => this.#packetizer.carries(track));
    for (const { codec } of wanted) {
      if (carried.some(track => track.codec === codec) || this.#leftOut.has(codec)) continue;
      this.#leftOut.add(codec);
      const reason =
        this.#request.format === 'g711a'
          ? 'is not the G.711A that is sent'
          : "has no place in the standard's program stream";
      this.note('left-out', `${codec} ${reason}`);
    }
    this.#hasVideo = carried.some(({ kind }) => kind === 'video');
    this.#packetizer.setTracks(carried);
  }

  onSample(sample: Sample, track: Track | undefined): void {
    const transport = this.#transport;
    if (!transport || this.#closed || this.#isReplaying || !this.#mayGo(sample, transport)) return;
    try {
      const packets = this.#packetizer.write(sample, track);
      if (!packets) return;
      this.packets += packets.count;
      this.bytes += packets.data.length;
      transport.send(packets);
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      this.note('bad-media', error.message);
    }
  }

  onDiscontinuity(): void {}

  onEnd({ message }: EndReason): void {
    this.end(message);
  }

  /** A receiver that has fallen behind is given the next key frame at which it has caught up. */
  #mayGo(sample: Sample, transport: OutgoingTransport): boolean {
    if (transport.queuedBytes > this.#maxQueue) {
      if (!this.#isBehind) this.note('sender-behind', 'the receiver takes less than there is');
      this.#isBehind = true;
    } else if (this.#isBehind) {
      const isEntry = this.#hasVideo ? sample.kind === 'video' && sample.key : true;
      if (isEntry && transport.queuedBytes < this.#maxQueue / 2) this.#isBehind = false;
    }
    return !this.#isBehind;
  }

  #attach(): void {
    if (!this.#isStarted || !this.#transport || this.#isAttached) return;
    this.#isAttached = true;
    // Pictures begin with those since the last key frame; what was said meanwhile is over.
    this.#isReplaying = this.#isSoundOnly;
    this.#request.stream.addSink(this);
    this.#isReplaying = false;
  }
}
