import { SLAB_SIZE } from '@flux-iot/media/model/payload-slab';

/** MiB of each of the two halves of the room for young objects. Node's own limit follows the machine's memory. */
const MAX_SEMI_SPACE = 16;

/**
 * How the programs that `flux` starts are to deal with memory, as docs/memory.md measured it. What the operator set in
 * `env` stands.
 */
export function memoryEnvironment(env: NodeJS.ProcessEnv): Record<string, string> {
  return {
    // The later of two options of a name counts.
    NODE_OPTIONS: `--max-semi-space-size=${MAX_SEMI_SPACE} ${env.NODE_OPTIONS ?? ''}`.trimEnd(),
    // Of glibc, no one else reads it: slabs come from the system and go back to it as soon as they are freed. Among the
    // small blocks of the heap they would leave holes, which are memory to the system for as long as the program runs.
    MALLOC_MMAP_THRESHOLD_: env.MALLOC_MMAP_THRESHOLD_ ?? `${SLAB_SIZE}`,
  };
}
