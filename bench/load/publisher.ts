import type { Clock } from './clock.ts';
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
  readonly #clip: PreparedClip;
  readonly #tally: Tally;
  readonly #clock: Clock;
  readonly #client: RtmpClient;
  /** Clock's time of the clip's beginning; undefined until the server lets us publish. */
  #start: number | undefined;
  #next = 0;
  #loops = 0;
  #counter = 0;

  constructor(
    context: LoadContext,
    target: Omit<RtmpTarget, 'role'>,
    clip: PreparedClip,
    tally: Tally,
    events: PublisherEvents,
  ) {
    this.#clip = clip;
    this.#tally = tally;
    this.#clock = context.clock;
    this.#client = new RtmpClient(
      context,
      { ...target, role: 'publish' },
      {
        onPublishing: () => {
          this.#start = context.clock();
          for (const message of clip.setup) this.#send(message, 0);
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

  /** Sends what is due. To be called every few milliseconds. */
  pump(): void {
    if (this.#start === undefined || this.#client.closed) return;
    const elapsed = (this.#clock() - this.#start) / 1000;
    const { media, duration } = this.#clip;
    for (;;) {
      const message = media[this.#next]!;
      const timestamp = message.timestamp + this.#loops * duration;
      if (timestamp > elapsed) return;
      this.#send(message, timestamp);
      if (++this.#next === media.length) {
        this.#next = 0;
        this.#loops++;
      }
    }
  }

  leave(): void {
    this.#client.leave();
  }

  close(): void {
    this.#client.close();
  }

  #send(message: PreparedMessage, timestamp: number): void {
    const stamped = message.stampOffset >= 0;
    const counter = stamped ? this.#counter++ : 0;
    if (this.#client.backlog > MAX_BACKLOG) {
      if (stamped) this.#tally.lost++;
      return;
    }
    address(message, timestamp, this.#client.streamId);
    if (stamped) {
      writeStamp(message.bytes, message.stampOffset, this.#clock(), counter);
      this.#tally.frames++;
    }
    this.#tally.bytes += message.bytes.length;
    this.#client.write(message.bytes);
    // The kernel did not take all of it at once: the socket keeps this buffer, and whoever sends next needs another.
    if (this.#client.backlog > 0) message.bytes = Buffer.from(message.bytes);
  }
}
