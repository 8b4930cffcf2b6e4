import { setFlagsFromString } from 'node:v8';

/** MiB of each of the two halves of the room for young objects. Node's own limit follows the machine's memory. */
const MAX_SEMI_SPACE = 16;
/** Percent by which memory in use grows until the next collection. */
const GROWTH = 60;

/**
 * Bytes from which the system's allocator keeps a piece of memory apart, and gives it back when it is freed. By itself
 * it takes the largest ever freed, and then memory of streams that have gone stays with the process.
 */
const MAPPED_FROM = 128 * 1024;

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
