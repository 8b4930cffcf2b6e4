import type { HistoryEntry } from '@flux-iot/core/stream/history';
import type { Static } from 'typebox';
import { presentHistory, time } from '../present.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { DiagnosisSchema } from './schemas.ts';

export function presentDiagnosis(
  streamId: string,
  { verdict, summary, missing, steps, findings, advice }: Diagnosis,
  history: readonly HistoryEntry[],
): Static<typeof DiagnosisSchema> {
  return {
    ...{ stream_id: streamId, verdict, summary, missing_step: missing, advice: [...advice] },
    steps: steps.map(({ id, title, isDone, at, detail }) => ({
      ...{ id, title, done: isDone, detail },
      at: at === undefined ? undefined : time(at),
    })),
    findings: findings.map(({ at, ...finding }) => ({ ...finding, at: time(at) })),
    history: history.map(presentHistory),
  };
}
