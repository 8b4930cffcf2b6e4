import type { Measurement } from '../measure/measurement.ts';
import type { FigureId, Figures, Workload } from '../measure/workloads.ts';

/** What a server did under a workload, all rounds together. */
export interface Result {
  readonly workload: string;
  readonly server: string;
  /** Medians of the rounds that nothing speaks against, or of all where something speaks against each. */
  readonly figures: Figures;
  readonly rounds: readonly Measurement[];
  /** Something speaks against every round: the reasons. Empty where the figures can be believed. */
  readonly doubts: readonly string[];
}

export function combine(workload: Workload, server: string, rounds: readonly Measurement[]): Result {
  const believed = rounds.filter(round => round.doubts.length === 0);
  const used = believed.length > 0 ? believed : rounds;
  const figures = Object.fromEntries(workload.figures.map(id => [id, median(used, id)]));
  const doubts = believed.length > 0 ? [] : [...new Set(rounds.flatMap(round => round.doubts))];
  return { workload: workload.id, server, figures, rounds, doubts };
}

/** The figure of a server under a workload; NaN where it was not measured. */
export function figure(results: readonly Result[], server: string, workload: string, id: FigureId): number {
  return find(results, server, workload)?.figures[id] ?? Number.NaN;
}

/** Whether something speaks against the figures of a server under a workload. */
export function doubted(results: readonly Result[], server: string, workload: string): boolean {
  return (find(results, server, workload)?.doubts.length ?? 0) > 0;
}

function find(results: readonly Result[], server: string, workload: string): Result | undefined {
  return results.find(result => result.server === server && result.workload === workload);
}

function median(rounds: readonly Measurement[], id: FigureId): number {
  const values = rounds
    .map(round => round.figures[id] ?? Number.NaN)
    .filter(value => !Number.isNaN(value))
    .sort((a, b) => a - b);
  const middle = values.length >> 1;
  if (values.length % 2 === 1) return values[middle]!;
  return ((values[middle - 1] ?? Number.NaN) + (values[middle] ?? Number.NaN)) / 2;
}
