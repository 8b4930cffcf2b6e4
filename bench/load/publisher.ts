import type { LoadContext } from './connection.ts';
import { address, type PreparedClip, type PreparedMessage } from './prepared-clip.ts';
import { RtmpClient, type RtmpTarget } from './rtmp-client.ts';
import { writeStamp } from './stamp.ts';
import type { Tally } from './tally.ts';

/** A server that takes nothing for longer than this costs frames, as with an encoder whose buffer is full. */
const MAX_BACKLOG = 4 * 1024 * 1024;

export interface PublisherEvents {
  onPublishing(): void;
  onLost(reason: string): void;
}

/** Sends the clip over and over in real time, each message at its time. */
export class Publisher {
  readonly #context: LoadContext;
  readonly #clip: PreparedClip;
  readonly #tally: Tally;
  readonly #client: RtmpClient;
  /** Clock's time of the clip's beginning. */
  #start = 0;
  /** Clock's time of the next message; never, until the server lets us publish. */
  #due = Number.POSITIVE_INFINITY;
  #next = 0;
  #loops = 0;
  #counter = 0;
  /** Bytes that are ready in the context's buffer. */
  #gathered = 0;

  constructor(
    context: LoadContext,
    target: Omit<RtmpTarget, 'role'>,
    clip: PreparedClip,
    tally: Tally,
    events: PublisherEvents,
  ) {
    this.#context = context;
    this.#clip = clip;
    this.#tally = tally;
    this.#client = new RtmpClient(
      context,
      { ...target, role: 'publish' },
      {
        onPublishing: () => {
          this.#start = context.clock();
          for (const message of clip.setup) this.#gather(message, 0, this.#start);
          this.#send();
          this.#due = this.#dueTime();
          events.onPublishing();
        },
        onMedia: () => {},
        onLost: events.onLost,
      },
    );
  }

  get backlog(): number {
    return this.#client.backlog;
  }

  /** Sends what is due at `now`, in one write. To be called every few milliseconds. */
  pump(now: number): void {
    if (now < this.#due || this.#client.closed) return;
    const { media } = this.#clip;
    // `now` is from before the publishers that were served first.
    const sent = this.#context.clock();
    do {
      this.#gather(media[this.#next]!, this.#timestamp(), sent);
      if (++this.#next === media.length) {
        this.#next = 0;
        this.#loops++;
      }
      this.#due = this.#dueTime();
    } while (this.#due <= now);
    this.#send();
  }

  leave(): void {
    this.#client.leave();
  }

  close(): void {
    this.#client.close();
  }

  /** Milliseconds from the beginning of the next message. */
  #timestamp(): number {
    return this.#clip.media[this.#next]!.timestamp + this.#loops * this.#clip.duration;
  }

  #dueTime(): number {
    return this.#start + this.#timestamp() * 1000;
  }

  #gather({ bytes, stampOffset }: PreparedMessage, timestamp: number, sent: number): void {
    const stamped = stampOffset >= 0;
    const counter = stamped ? this.#counter++ : 0;
    if (this.#client.backlog > MAX_BACKLOG) {
      if (stamped) this.#tally.lost++;
      return;
    }
    const { sendBuffer } = this.#context;
    if (bytes.length > sendBuffer.length - this.#gathered) this.#send();
    const at = this.#gathered;
    this.#gathered += bytes.copy(sendBuffer, at);
    address(sendBuffer, at, timestamp, this.#client.streamId);
    if (stamped) {
      writeStamp(sendBuffer, at + stampOffset, sent, counter);
      this.#tally.frames++;
    }
  }

  #send(): void {
    this.#client.write(this.#context.sendBuffer, this.#gathered);
    this.#tally.bytes += this.#gathered;
    this.#gathered = 0;
  }
}
