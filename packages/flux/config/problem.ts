import { FluxError } from '@flux-iot/core/errors/flux-error';

/** One thing wrong with the configuration. */
export interface ConfigProblem {
  /** Line of the file, from 1; 0 where it is not about a line of the file. */
  readonly line: number;
  /** `line 4`, `line 4, column 7` or the environment variable. */
  readonly where: string;
  /** `protocols.rtmp.chunk_size`; empty where the document is not TOML. */
  readonly key: string;
  /** What is wrong, and what is allowed instead. */
  readonly message: string;
}

/** All problems of one configuration as one `CONFIG_INVALID`, a line for each, in the order of the file. */
export function configError(source: string, problems: readonly ConfigProblem[]): FluxError {
  const ordered = problems.toSorted((a, b) => a.line - b.line);
  const lines = ordered.map(
    ({ where, key, message }) => `  ${[where, key, message].filter(Boolean).join(': ')}`,
  );
  return new FluxError('CONFIG_INVALID', `${source} is not a valid configuration:\n${lines.join('\n')}`, {
    context: { problems: ordered },
  });
}
