import type { Muxer } from '@flux-iot/media/format/muxer';
import { ByteWriter, type Piece } from '@flux-iot/media/model/byte-writer';
import type { Sample } from '@flux-iot/media/model/sample';
import { isVideo, type Track } from '@flux-iot/media/model/track';
import { FluxError } from '../errors/flux-error.ts';
import type { Flushable, FlushScheduler } from './flush-scheduler.ts';
import type { EndReason, StreamSink } from './sink.ts';
import type { Stream } from './stream.ts';
import type { PieceKind, Viewer } from './viewer.ts';

/**
 * Bytes of fixed size around every piece (an HTTP chunk's size line and its end). They are written into room left
 * in the slab, so that framed pieces too are made once and lie side by side.
 */
export interface Framing {
  readonly head: number;
  readonly tail: number;
  /** Writes the frame around `start + head … end - tail`. */
  fill(slab: Buffer, start: number, end: number): void;
}

export interface OutputOptions {
  /** What it is called in notes to people: "HTTP-FLV". */
  readonly name: string;
  readonly muxer: Muxer;
  readonly framing?: Framing;
  /** For viewers that are to be served at another pace than all others. */
  readonly scheduler?: FlushScheduler;
  /** Which tracks its viewers asked for; all if left out. */
  readonly select?: (track: Track) => boolean;
}

export interface ViewerStart {
  /** Sent before everything else, in the same write: a response's header. */
  readonly prefix?: Buffer;
  /** Begin with the cached pictures; else wait for the next key frame. */
  readonly gop: boolean;
  /** Whether the viewer wants the frame around the pieces. */
  readonly framed: boolean;
}

interface OutputPiece extends Piece {
  readonly kind: PieceKind;
}

interface Attached {
  readonly viewer: Viewer;
  readonly start: ViewerStart;
}

/** An output stays for this long after its last viewer, for the next one to find it warm. */
const LINGER = 5000;
const NO_FRAMING: Framing = { head: 0, tail: 0, fill: () => {} };

/**
 * One format of one stream, muxed once for all its viewers. Samples are gathered into pieces, a piece goes out at
 * the scheduler's next flush as one shared buffer, and the pieces since the last key frame are kept for viewers to
 * come.
 */
export class Output implements StreamSink, Flushable {
  readonly name: string;
  readonly #stream: Stream;
  readonly #muxer: Muxer;
  readonly #framing: Framing;
  readonly #select: (track: Track) => boolean;
  readonly #scheduler: FlushScheduler;
  readonly #onIdle: () => void;
  readonly #writer = new ByteWriter();
  readonly #viewers = new Set<Attached>();
  #tracks: readonly Track[] = [];
  #carried = new Set<number>();
  #hasVideo = false;
  #init: Buffer | undefined;
  /** Cut pieces that wait for the flush. */
  #ready: OutputPiece[] = [];
  #gop: OutputPiece[] = [];
  #pieceKind: PieceKind = 'frames';
  #pieceOpen = false;
  #scheduled = false;
  #closed = false;
  #idleTimer: NodeJS.Timeout | undefined;

  constructor(stream: Stream, scheduler: FlushScheduler, options: OutputOptions, onIdle: () => void) {
    this.#stream = stream;
    this.#scheduler = options.scheduler ?? scheduler;
    this.name = options.name;
    this.#muxer = options.muxer;
    this.#framing = options.framing ?? NO_FRAMING;
    this.#select = options.select ?? (() => true);
    this.#onIdle = onIdle;
    this.#awaitViewer();
  }

  get viewerCount(): number {
    return this.#viewers.size;
  }

  /** Whether a viewer that begins now with the cached pictures gets some at once. Sends what waits, as `attach` does. */
  hasCachedPictures(): boolean {
    this.flush();
    return this.#gop.length > 0;
  }

  /** Throws `CODEC_UNSUPPORTED` where a viewer would get nothing of the tracks that the stream has now. */
  requireTracks(): void {
    if (this.#tracks.length > 0) return;
    const codecs = this.#stream.tracks.map(track => track.codec).join(', ');
    throw new FluxError('CODEC_UNSUPPORTED', `${this.name} has nothing to send of this stream (${codecs}).`);
  }

  /** Begins to send to `viewer`: at once if the stream has its tracks, else as soon as it has. */
  attach(viewer: Viewer, start: ViewerStart): void {
    clearTimeout(this.#idleTimer);
    this.#idleTimer = undefined;
    // Pieces that wait were begun before this viewer came; it finds them among the cached ones.
    this.flush();
    const attached = { viewer, start };
    this.#viewers.add(attached);
    this.#stream.addViewer(viewer);
    if (start.prefix && this.#tracks.length === 0) viewer.sendNow(start.prefix);
    if (this.#tracks.length > 0) this.#begin(attached, start.prefix);
  }

  detach(viewer: Viewer): void {
    for (const attached of this.#viewers) {
      if (attached.viewer !== viewer) continue;
      this.#viewers.delete(attached);
      this.#stream.removeViewer(viewer);
    }
    if (this.#viewers.size === 0 && !this.#closed) this.#awaitViewer();
  }

  onTracks(tracks: readonly Track[]): void {
    const isFirst = this.#tracks.length === 0;
    const selected = tracks.filter(this.#select);
    const carried = selected.filter(track => this.#muxer.carries(track));
    this.#carried = new Set(carried.map(track => track.id));
    for (const track of selected) {
      if (!this.#carried.has(track.id)) this.#stream.noteLeftOut(this.name, track);
    }
    const changed = carried.some(track => {
      const before = this.#tracks.find(other => other.id === track.id);
      return before !== undefined && before !== track;
    });
    this.#tracks = carried;
    this.#hasVideo = carried.some(isVideo);
    this.#init = undefined;
    if (carried.length === 0) return;
    if (isFirst) {
      // The muxer knows the tracks before their samples come, also where no viewer has come yet.
      this.#initBytes();
      for (const attached of this.#viewers) this.#begin(attached, undefined);
      return;
    }
    this.#cut();
    // What is cached was coded with the old parameters.
    if (changed) this.#gop = [];
    this.#control(() => this.#muxer.update(carried, this.#stream.metadata, this.#writer));
  }

  onSample(sample: Sample, track: Track | undefined): void {
    if (this.#tracks.length === 0 || (track && !this.#carried.has(track.id))) return;
    if (sample.kind === 'video' && sample.key) {
      this.#cut();
      this.#gop = [];
      this.#open('key');
    } else {
      this.#open(this.#hasVideo ? 'frames' : 'key');
    }
    this.#muxer.write(sample, track, this.#writer);
    this.#schedule();
  }

  onDiscontinuity(): void {
    this.#cut();
    this.#gop = [];
    // Viewers that came before there were tracks have not begun.
    if (this.#tracks.length > 0) this.#control(() => this.#muxer.discontinuity?.(this.#writer));
    // What a new viewer is told first may be another thing now.
    this.#init = undefined;
  }

  onEnd(reason: EndReason): void {
    if (this.#tracks.length > 0) this.#control(() => this.#muxer.end?.(this.#writer));
    this.flush();
    this.#closed = true;
    clearTimeout(this.#idleTimer);
    for (const { viewer } of this.#viewers) {
      this.#stream.removeViewer(viewer);
      viewer.transport.end(reason);
    }
    this.#viewers.clear();
    this.#gop = [];
  }

  flush(): number {
    this.#scheduled = false;
    this.#cut();
    const pieces = this.#ready;
    if (pieces.length === 0) return 0;
    this.#ready = [];
    let bytes = 0;
    for (const piece of pieces) {
      const { kind } = piece;
      const framed = { bytes: piece.slab.subarray(piece.start, piece.end), kind };
      const plain = this.#framing === NO_FRAMING ? framed : { bytes: this.#unframed(piece), kind };
      for (const { viewer, start } of this.#viewers) viewer.send(start.framed ? framed : plain);
      bytes += framed.bytes.length * this.#viewers.size;
    }
    return bytes;
  }

  /** Disconnects the viewers that have stopped reading. */
  checkViewers(now: number): void {
    for (const { viewer } of this.#viewers) {
      if (!viewer.isStalled(now)) continue;
      this.detach(viewer);
      this.#stream.history.note('viewer-stalled', `${viewer.protocol} ${viewer.peer} stopped reading`);
      viewer.transport.destroy({ code: 'viewer-stalled', message: 'The viewer stopped reading.' });
    }
  }

  #awaitViewer(): void {
    this.#idleTimer ??= setTimeout(this.#onIdle, LINGER).unref();
  }

  #begin({ viewer, start }: Attached, prefix: Buffer | undefined): void {
    const { transport } = viewer;
    transport.cork();
    if (prefix) viewer.sendNow(prefix);
    const init = this.#initBytes();
    const { head, tail } = this.#framing;
    if (init.length > head + tail)
      viewer.sendNow(start.framed ? init : init.subarray(head, init.length - tail));
    if (start.gop && this.#gop.length > 0) this.#sendGop(viewer, start.framed);
    else if (this.#hasVideo) viewer.waitForKey();
    transport.uncork();
  }

  #sendGop(viewer: Viewer, framed: boolean): void {
    let run: { slab: Buffer; start: number; end: number } | undefined;
    for (const piece of this.#gop) {
      if (!framed && this.#framing !== NO_FRAMING) {
        viewer.sendNow(this.#unframed(piece));
      } else if (run && run.slab === piece.slab && run.end === piece.start) {
        run.end = piece.end;
      } else {
        if (run) viewer.sendNow(run.slab.subarray(run.start, run.end));
        run = { slab: piece.slab, start: piece.start, end: piece.end };
      }
    }
    if (run) viewer.sendNow(run.slab.subarray(run.start, run.end));
  }

  #initBytes(): Buffer {
    if (!this.#init) {
      const { head, tail, fill } = this.#framing;
      const body = this.#muxer.init(this.#tracks, this.#stream.metadata);
      this.#init = Buffer.alloc(head + body.length + tail);
      this.#init.set(body, head);
      if (body.length > 0) fill(this.#init, 0, this.#init.length);
    }
    return this.#init;
  }

  /** What viewers that skip may not miss goes out in a piece of its own. */
  #control(write: () => void): void {
    this.#cut();
    this.#open('control');
    write();
    this.#cut();
    this.#schedule();
  }

  #open(kind: PieceKind): void {
    if (this.#pieceOpen) return;
    this.#writer.claim(this.#framing.head);
    this.#pieceOpen = true;
    this.#pieceKind = kind;
  }

  /** Ends the piece that is being written; a key frame always begins another. */
  #cut(): void {
    if (!this.#pieceOpen) return;
    this.#pieceOpen = false;
    if (this.#writer.pending === this.#framing.head) {
      // The muxer had nothing to write; an empty HTTP chunk would end the response.
      this.#writer.take();
      return;
    }
    this.#writer.claim(this.#framing.tail);
    const { slab, start, end } = this.#writer.take();
    this.#framing.fill(slab, start, end);
    const piece = { slab, start, end, kind: this.#pieceKind };
    this.#ready.push(piece);
    if (this.#hasVideo && (piece.kind === 'key' || this.#gop.length > 0)) {
      if (this.#stream.gopIsOpen) this.#gop.push(piece);
      else this.#gop = [];
    }
  }

  #unframed(piece: OutputPiece): Buffer {
    return piece.slab.subarray(piece.start + this.#framing.head, piece.end - this.#framing.tail);
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#scheduler.add(this);
  }
}
