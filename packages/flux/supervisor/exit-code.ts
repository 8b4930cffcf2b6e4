/**
 * What the exit codes of `flux` and its programs say. The supervisor decides by them, systemd is told of them
 * (deploy/flux.service), `flux --help` and docs/operations.md list them.
 */
export const EXIT_CODE = {
  STOPPED: 0,
  FAILED: 1,
  WRONG_USAGE: 2,
  /** EX_CONFIG of sysexits. */
  WRONG_CONFIGURATION: 78,
} as const;

export type ExitCode = (typeof EXIT_CODE)[keyof typeof EXIT_CODE];

export const EXIT_CODE_MEANINGS: Readonly<Record<ExitCode, string>> = {
  [EXIT_CODE.STOPPED]: 'stopped as asked',
  [EXIT_CODE.FAILED]: 'failed: an address is taken or may not be listened on, or a fault',
  [EXIT_CODE.WRONG_USAGE]: 'wrong usage',
  [EXIT_CODE.WRONG_CONFIGURATION]: 'wrong configuration; every mistake is listed with its line',
};

/** The table for `--help`, a line for each code. */
export function exitCodesText(): string {
  return Object.entries(EXIT_CODE_MEANINGS)
    .map(([code, meaning]) => `  ${code.padStart(2)}  ${meaning}\n`)
    .join('');
}

/** The code, where it says why a program could not start; then the same start again would end the same way. */
export function startFailureCode(code: number | null): ExitCode | undefined {
  switch (code) {
    case EXIT_CODE.FAILED:
    case EXIT_CODE.WRONG_USAGE:
    case EXIT_CODE.WRONG_CONFIGURATION:
      return code;
    default:
      return undefined;
  }
}
