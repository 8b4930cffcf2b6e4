import { join } from 'node:path';
import { FluxError } from '../../errors/flux-error.ts';
import { WorkerProcess } from '../../ffmpeg/worker-process.ts';
import { byteLengthOf, type CodedPicture } from '../coded-picture.ts';
import type { PictureShape } from '../snapshot.ts';
import { encodeFrame, FrameReader } from './frame.ts';
import { type DecoderAnswer, type DecoderJob, MAX_JOB, MAX_PICTURE } from './job.ts';
import { pictureSize } from './picture-size.ts';

export interface DecoderPoolOptions {
  /** Decoder processes, at most; they are started when they are needed. */
  readonly size: number;
  /** Jobs that may wait for one. */
  readonly maxQueue: number;
  /** Milliseconds for one job, after which its process is killed. */
  readonly timeout: number;
  /** Bytes of memory of one process. */
  readonly maxMemory: number;
}

/** A file as the shape asks for. */
export interface DecodedPicture {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
}

interface Job {
  readonly picture: CodedPicture;
  readonly shape: PictureShape;
  readonly resolve: (picture: DecodedPicture) => void;
  readonly reject: (error: FluxError) => void;
}

const PROGRAM = join(import.meta.dirname, 'main.ts');
/** Milliseconds that a process waits for another job. */
const IDLE = 300_000;
/** Milliseconds more for a process that has to be started first. */
const START_TIME = 5000;

/** A few processes that decode, each one job after the other. One that dies fails its job alone. */
export class DecoderPool {
  readonly #options: DecoderPoolOptions;
  readonly #decoders = new Set<Decoder>();
  readonly #queue: Job[] = [];
  #isClosed = false;

  constructor(options: DecoderPoolOptions) {
    this.#options = options;
  }

  /** Process ids. */
  get processes(): readonly number[] {
    return [...this.#decoders].flatMap(({ pid }) => pid ?? []);
  }

  /** Throws `SNAPSHOT_BUSY`, `PICTURE_UNDECODABLE`, `DECODER_FAILED`, `TIMED_OUT`. */
  decode(picture: CodedPicture, shape: PictureShape): Promise<DecodedPicture> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) throw new FluxError('NOT_READY', 'The server is shutting down.');
      if (byteLengthOf(picture) > MAX_JOB)
        throw new FluxError('PICTURE_UNDECODABLE', 'The frames since the last key frame are too many.');
      if (this.#queue.length >= this.#options.maxQueue)
        throw new FluxError('SNAPSHOT_BUSY', 'Too many pictures wait to be decoded.');
      this.#queue.push({ picture, shape, resolve, reject });
      this.#assign();
    });
  }

  /** Idempotent. */
  close(): void {
    this.#isClosed = true;
    for (const job of this.#queue.splice(0))
      job.reject(new FluxError('NOT_READY', 'The server is shutting down.'));
    for (const decoder of this.#decoders) decoder.kill();
  }

  #assign(): void {
    while (this.#queue.length > 0) {
      const decoder = [...this.#decoders].find(({ isIdle }) => isIdle) ?? this.#start();
      const job = decoder && this.#queue.shift();
      if (!job) return;
      decoder.begin(job);
    }
  }

  #start(): Decoder | undefined {
    const { size, timeout, maxMemory } = this.#options;
    if (this.#decoders.size >= size || this.#isClosed) return undefined;
    const decoder: Decoder = new Decoder({
      timeout,
      maxMemory,
      onIdle: () => this.#assign(),
      onEnd: () => {
        this.#decoders.delete(decoder);
        this.#assign();
      },
    });
    this.#decoders.add(decoder);
    return decoder;
  }
}

interface DecoderOptions {
  readonly timeout: number;
  readonly maxMemory: number;
  readonly onIdle: () => void;
  readonly onEnd: () => void;
}

/** One process and the job it has. */
class Decoder {
  readonly #options: DecoderOptions;
  readonly #process: WorkerProcess;
  #job: Job | undefined;
  #timer: NodeJS.Timeout | undefined;
  #hasAnswered = false;
  #isOver = false;

  constructor(options: DecoderOptions) {
    this.#options = options;
    this.#process = new WorkerProcess({ program: PROGRAM, maxMemory: options.maxMemory });
    const reader = new FrameReader(MAX_PICTURE, (header, body) => this.#answer(header, body));
    this.#process.socket.on('data', data => {
      try {
        reader.push(data);
      } catch {
        this.#fail(new FluxError('DECODER_FAILED', 'The decoder answered what is no answer.'));
      }
    });
    void this.#process.ended.then(reason =>
      this.#fail(new FluxError('DECODER_FAILED', `The decoder process ended: ${firstLine(reason)}`)),
    );
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  get isIdle(): boolean {
    return this.#job === undefined && !this.#isOver;
  }

  begin(job: Job): void {
    this.#job = job;
    const { timeout } = this.#options;
    this.#wait(this.#hasAnswered ? timeout : timeout + START_TIME, () =>
      this.#fail(new FluxError('TIMED_OUT', `The picture was not decoded within ${timeout} ms.`)),
    );
    const { codec, units, width, height, isLastWanted = false } = job.picture;
    const made = pictureSize({ width, height }, job.shape);
    const header: DecoderJob = {
      codec,
      shape: job.shape,
      isCoarse: made.height * 2 <= height && made.width * 2 <= width,
      isLastWanted,
      lengths: units.map(({ length }) => length),
    };
    const { socket } = this.#process;
    socket.cork();
    for (const part of encodeFrame(header, units)) socket.write(part);
    socket.uncork();
  }

  kill(): void {
    this.#fail(new FluxError('NOT_READY', 'The server is shutting down.'));
  }

  #answer(header: unknown, body: Buffer): void {
    const job = this.#job;
    if (!job) return;
    this.#job = undefined;
    this.#hasAnswered = true;
    const answer = header as DecoderAnswer;
    if (answer.ok) job.resolve({ data: body, width: answer.width, height: answer.height });
    else job.reject(new FluxError('PICTURE_UNDECODABLE', `The picture cannot be decoded: ${answer.reason}.`));
    this.#wait(IDLE, () => this.kill());
    this.#options.onIdle();
  }

  /** Its job, if there is one, is lost, and it is not used again. Once. */
  #fail(error: FluxError): void {
    clearTimeout(this.#timer);
    if (this.#isOver) return;
    this.#isOver = true;
    this.#process.kill();
    this.#job?.reject(error);
    this.#job = undefined;
    this.#options.onEnd();
  }

  #wait(milliseconds: number, then: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(then, milliseconds).unref();
  }
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
