import { join } from 'node:path';
import { RunningProcess, until } from './processes.ts';

const PROGRAM = join(import.meta.dirname, 'rtsp-server.py');
/** The distribution's: GStreamer's bindings are for no other. */
export const PYTHON = '/usr/bin/python3';

/** A camera that GStreamer's RTSP server plays, in a program of its own. */
export class GStreamerCamera {
  readonly port: number;
  readonly #process: RunningProcess;
  readonly #options: readonly string[];

  private constructor(process: RunningProcess, port: number, options: readonly string[]) {
    this.#process = process;
    this.port = port;
    this.#options = options;
  }

  /** Starts it; the options are those of the program. */
  static async start(...options: string[]): Promise<GStreamerCamera> {
    const process = new RunningProcess(PYTHON, [PROGRAM, ...options]);
    const port = await until('the camera listens', () => {
      if (process.child.exitCode !== null) throw new Error(process.stderr);
      return Number(/ready (\d+)/.exec(process.stdout)?.[1] ?? 0) || undefined;
    });
    return new GStreamerCamera(process, port, options);
  }

  get url(): string {
    return `rtsp://127.0.0.1:${this.port}/cam`;
  }

  /** What clients did: `connected`, and the names of the requests. */
  get log(): string[] {
    return this.#process.stdout.split('\n').slice(1, -1);
  }

  /** The same camera, on the same port, after it was killed. */
  async restart(): Promise<GStreamerCamera> {
    return GStreamerCamera.start(...this.#options, '--port', String(this.port));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process[Symbol.asyncDispose]();
  }
}
