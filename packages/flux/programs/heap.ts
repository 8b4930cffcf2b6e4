import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** MiB of each of the two halves of the room for young objects. Node's own limit follows the machine's memory. */
const MAX_SEMI_SPACE = 16;
/** Percent by which memory in use grows until the next collection. */
const GROWTH = 60;

/**
 * Bytes from which the system's allocator keeps a piece of memory apart, and gives it back when it is freed: what is
 * kept of streams and written for viewers is larger. By itself it takes the largest ever freed, and then memory of
 * streams that have gone stays with the process.
 */
const MAPPED_FROM = 64 * 1024;
/** Milliseconds without a stream after which memory is looked through. */
const QUIET = 3000;

/**
 * What the programs that `flux` starts are to have in their environment, for it can't be set later. What the operator
 * set in `env` stands.
 */
export function heapEnvironment(env: NodeJS.ProcessEnv): Record<string, string> {
  // The later of two options of a name counts.
  return {
    NODE_OPTIONS: `--max-semi-space-size=${MAX_SEMI_SPACE} ${env.NODE_OPTIONS ?? ''}`.trimEnd(),
    MALLOC_MMAP_THRESHOLD_: env.MALLOC_MMAP_THRESHOLD_ ?? String(MAPPED_FROM),
  };
}

/**
 * For a program whose memory is media. V8 otherwise collects whenever 64 MiB came since the last time, however much
 * there is: twice a second with a thousand encoders, a fifth of all work. In proportion to what is held it is less,
 * and bounded as well.
 */
export function collectInProportion(): void {
  setFlagsFromString('--external-memory-accounted-in-global-limit');
  setFlagsFromString(`--heap-growing-percent=${GROWTH}`);
}

/**
 * Collects once when a node has had streams and has none any more: V8 itself does so when more is asked for, which may
 * be tomorrow. Nobody is there to notice the pause.
 */
export class QuietCollector {
  readonly #collect: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(collect: () => void = collectAll) {
    this.#collect = collect;
  }

  streamAdded(): void {
    clearTimeout(this.#timer);
  }

  streamEnded(left: number): void {
    clearTimeout(this.#timer);
    if (left === 0) this.#timer = setTimeout(this.#collect, QUIET).unref();
  }
}

function collectAll(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as NodeJS.GCFunction;
  collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}
