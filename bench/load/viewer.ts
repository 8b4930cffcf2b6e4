import { Connection, type LoadContext } from './connection.ts';
import { FlvReader } from './flv-reader.ts';
import { HttpBodyReader } from './http-body-reader.ts';
import { RtmpClient } from './rtmp-client.ts';
import { findStamp, stampCounter, stampTime } from './stamp.ts';
import { AVC_HEADER, isAccessUnit, isKeyFrame, type MediaListener, VIDEO } from './tag.ts';
import type { Tally } from './tally.ts';

/** Where a viewer finds its stream. */
export type ViewerTarget =
  | { readonly transport: 'rtmp'; readonly port: number; readonly app: string; readonly name: string }
  /** An `http:` address on the machine. */
  | { readonly transport: 'flv'; readonly url: string };

export interface ViewerEvents {
  /** The first key frame is here, `milliseconds` after the viewer began to connect. */
  onPicture(milliseconds: number): void;
  onLost(reason: string): void;
}

/** Watches one stream: counts its frames, finds those that are missing, and reads how long each was under way. */
export class Viewer {
  readonly #tally: Tally;
  readonly #events: ViewerEvents;
  readonly #begin: number;
  readonly #source: { leave(): void; close(): void };
  #sawPicture = false;
  #lastCounter = -1;

  constructor(context: LoadContext, target: ViewerTarget, tally: Tally, events: ViewerEvents) {
    this.#tally = tally;
    this.#events = events;
    this.#begin = context.clock();
    const onMedia: MediaListener = (type, bytes, start, end, time) => {
      if (type === VIDEO && end - start > AVC_HEADER && isAccessUnit(bytes, start))
        this.#frame(bytes, start, end, time);
    };
    this.#source =
      target.transport === 'rtmp'
        ? new RtmpClient(
            context,
            { port: target.port, app: target.app, name: target.name, role: 'play' },
            { onPublishing: () => {}, onMedia, onLost: events.onLost },
          )
        : httpFlv(context, new URL(target.url), new FlvReader(onMedia), events.onLost);
  }

  leave(): void {
    this.#source.leave();
  }

  close(): void {
    this.#source.close();
  }

  #frame(bytes: Buffer, start: number, end: number, time: number): void {
    const tally = this.#tally;
    tally.frames++;
    if (!this.#sawPicture && isKeyFrame(bytes, start)) {
      this.#sawPicture = true;
      this.#events.onPicture((time - this.#begin) / 1000);
    }
    const stamp = findStamp(bytes, start + AVC_HEADER, end);
    if (stamp < 0) {
      tally.unstamped++;
      return;
    }
    tally.latency.add(time - stampTime(bytes, stamp));
    const counter = stampCounter(bytes, stamp);
    if (this.#lastCounter >= 0) {
      if (counter > this.#lastCounter) tally.lost += counter - this.#lastCounter - 1;
      else tally.repeated++;
    }
    this.#lastCounter = counter;
  }
}

function httpFlv(
  context: LoadContext,
  url: URL,
  flv: FlvReader,
  onLost: (reason: string) => void,
): { leave(): void; close(): void } {
  const body = new HttpBodyReader((bytes, start, end, time) => flv.push(bytes, start, end, time));
  const request = `GET ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\nAccept: */*\r\n\r\n`;
  const connection = new Connection(context, Number(url.port || 80), {
    onConnect: () => connection.write(Buffer.from(request)),
    onData: (bytes, length, time) => body.push(bytes, 0, length, time),
    onLost,
  });
  // HTTP has no farewell.
  return { leave: () => connection.close(), close: () => connection.close() };
}
