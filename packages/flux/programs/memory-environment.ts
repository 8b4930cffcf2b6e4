/** MiB of each of the two halves of the room for young objects. Node's own limit follows the machine's memory. */
const MAX_SEMI_SPACE = 16;

/** How the programs that `flux` starts are to deal with memory. What the operator set in `env` stands. */
export function memoryEnvironment(env: NodeJS.ProcessEnv): Record<string, string> {
  // The later of two options of a name counts.
  return { NODE_OPTIONS: `--max-semi-space-size=${MAX_SEMI_SPACE} ${env.NODE_OPTIONS ?? ''}`.trimEnd() };
}
