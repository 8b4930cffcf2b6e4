import { FIGURES, type FigureId, type Figures } from '../measure/figures.ts';
import type { Measurement } from '../measure/measurement.ts';
import type { Workload } from '../measure/workloads.ts';

/** What a server did under a workload, all rounds together. */
export interface Result {
  readonly workload: string;
  readonly server: string;
  /**
   * Of the rounds that nothing speaks against, or of all where something speaks against each: the medians, and the
   * worst of what is counted so.
   */
  readonly figures: Figures;
  readonly rounds: readonly Measurement[];
  /** Something speaks against every round: the reasons. Empty where the figures can be believed. */
  readonly doubts: readonly string[];
  /** What the server did not manage in one of the rounds that count. */
  readonly findings: readonly string[];
}

export function combine(workload: Workload, server: string, rounds: readonly Measurement[]): Result {
  const believed = rounds.filter(round => round.doubts.length === 0);
  const used = believed.length > 0 ? believed : rounds;
  const all = (remarks: (round: Measurement) => readonly string[]): string[] => [
    ...new Set(used.flatMap(remarks)),
  ];
  return {
    workload: workload.id,
    server,
    figures: Object.fromEntries(workload.figures.map(id => [id, combined(used, id)])),
    rounds,
    doubts: all(round => round.doubts),
    findings: all(round => round.findings),
  };
}

/** The figure of a server under a workload; NaN where it was not measured. */
export function figure(results: readonly Result[], server: string, workload: string, id: FigureId): number {
  return find(results, server, workload)?.figures[id] ?? Number.NaN;
}

/** Whether something speaks against the figures of a server under a workload. */
export function doubted(results: readonly Result[], server: string, workload: string): boolean {
  return (find(results, server, workload)?.doubts.length ?? 0) > 0;
}

/** Whether a server did not manage a workload. */
export function failed(results: readonly Result[], server: string, workload: string): boolean {
  return (find(results, server, workload)?.findings.length ?? 0) > 0;
}

function find(results: readonly Result[], server: string, workload: string): Result | undefined {
  return results.find(result => result.server === server && result.workload === workload);
}

function combined(rounds: readonly Measurement[], id: FigureId): number {
  const values = rounds
    .map(round => round.figures[id] ?? Number.NaN)
    .filter(value => !Number.isNaN(value))
    .sort((a, b) => a - b);
  if (FIGURES[id].isWorst) return values.at(-1) ?? Number.NaN;
  const middle = values.length >> 1;
  if (values.length % 2 === 1) return values[middle]!;
  return ((values[middle - 1] ?? Number.NaN) + (values[middle] ?? Number.NaN)) / 2;
}
