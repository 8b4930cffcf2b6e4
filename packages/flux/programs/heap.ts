import { setFlagsFromString } from 'node:v8';

/** MiB of each of the two halves of the room for young objects. Node's own limit follows the machine's memory. */
const MAX_SEMI_SPACE = 16;
/** Percent by which memory in use grows until the next collection. */
const GROWTH = 60;

/**
 * What the programs that `flux` starts are to have in their environment, for it can't be set later. What the operator
 * set in `env` stands.
 */
export function heapEnvironment(env: NodeJS.ProcessEnv): Record<string, string> {
  // The later of two options of a name counts.
  return { NODE_OPTIONS: `--max-semi-space-size=${MAX_SEMI_SPACE} ${env.NODE_OPTIONS ?? ''}`.trimEnd() };
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
