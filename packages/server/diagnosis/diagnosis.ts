import type { VoiceReport } from '@flux-iot/core/control/gb28181-control';
import { type StreamReport, timeLineOf } from '@flux-iot/core/control/media-control';
import type { HistoryEntry } from '@flux-iot/core/stream/history';
import { BROADCAST, ladderOf, type Step, TALK } from './ladder.ts';
import { SIGNS } from './signs.ts';

export interface DiagnosedStep {
  readonly id: string;
  readonly title: string;
  readonly isDone: boolean;
  /** Milliseconds since 1970; and what is known of it. */
  readonly at?: number;
  readonly detail?: string;
}

export interface Finding {
  readonly step: string;
  readonly means: string;
  /** What was seen, in the words of the time line. */
  readonly detail: string;
  readonly at: number;
}

export interface Diagnosis {
  /** `live`: there is a picture; `waiting`: nobody wants it, or it has just begun; `failing`: it does not get on. */
  readonly verdict: 'live' | 'waiting' | 'failing';
  /** One or two sentences. */
  readonly summary: string;
  /** The first step that is missing. */
  readonly missing?: string;
  readonly steps: readonly DiagnosedStep[];
  readonly findings: readonly Finding[];
  /** What to change, the likeliest first. */
  readonly advice: readonly string[];
}

/** Why there is no picture, or that there is one, from the stream's time line. */
export function diagnose(report: StreamReport): Diagnosis {
  const { status, ingest } = report;
  const entries = timeLineOf(report);
  const protocol = status?.protocol ?? ingest?.protocol;
  const ladder = ladderOf(protocol, ingest?.sourceUrl !== undefined);
  const attempt = entries.slice(
    Math.max(
      0,
      entries.findLastIndex(({ step }) => ladder.begins.includes(step)),
    ),
  );
  const steps = ladder.steps.map(step => diagnosedStep(step, attempt));
  const isLive = status?.state === 'live';
  const findings = findingsIn(attempt);
  const missing = isLive ? undefined : ladder.steps.find((_step, index) => !steps[index]?.isDone);
  if (isLive) {
    return {
      ...{ verdict: 'live', summary: 'The stream is live.', findings },
      steps: steps.map(step => ({ ...step, isDone: true })),
      advice: adviceOf(findings),
    };
  }
  if (ingest?.status.state === 'waiting' && ingest.sourceUrl !== undefined) {
    const summary =
      'Nobody watches the stream: it is fetched when somebody does. What is below is of the last time.';
    return { verdict: 'waiting', summary, steps, findings, advice: adviceOf(findings) };
  }
  const lastError = ingest?.status.lastError;
  const isUnderWay = lastError === undefined && findings.length === 0 && entries.length > 0;
  return {
    verdict: isUnderWay ? 'waiting' : 'failing',
    summary: summaryOf(missing, findings, lastError),
    missing: missing?.id,
    steps,
    findings,
    advice: [...new Set([...adviceOf(findings), ...(missing?.advice ?? [])])],
  };
}

/** Why a device hears nothing, or that it does. */
export function diagnoseVoice({ mode, state, error, history }: VoiceReport): Diagnosis {
  const ladder = mode === 'talk' ? TALK : BROADCAST;
  const steps = ladder.steps.map(step => diagnosedStep(step, history));
  const findings = findingsIn(history);
  const missing = ladder.steps.find((_step, index) => !steps[index]?.isDone);
  const common = { steps, findings, missing: missing?.id };
  if (state === 'talking')
    return {
      ...{ ...common, verdict: 'live', summary: 'The device is sent the sound.' },
      advice: adviceOf(findings),
    };
  if (!missing && error === undefined)
    return { ...common, verdict: 'waiting', summary: 'The talk is over.', advice: [] };
  return {
    ...common,
    verdict: state === 'asked' ? 'waiting' : 'failing',
    summary: summaryOf(missing, findings, error),
    advice: [...new Set([...adviceOf(findings), ...(missing?.advice ?? [])])],
  };
}

function diagnosedStep({ id, title, shownBy }: Step, attempt: readonly HistoryEntry[]): DiagnosedStep {
  const entry = attempt.find(({ step }) => shownBy.includes(step));
  return { id, title, isDone: entry !== undefined, at: entry?.at, detail: entry?.detail || undefined };
}

function findingsIn(attempt: readonly HistoryEntry[]): Finding[] {
  return attempt.flatMap(({ step, detail, at }) => {
    const sign = SIGNS[step];
    return sign ? [{ step, means: sign.means, detail, at }] : [];
  });
}

function adviceOf(findings: readonly Finding[]): string[] {
  // What was seen last is the nearest to the cause.
  return [...new Set(findings.toReversed().flatMap(({ step }) => SIGNS[step]?.advice ?? []))];
}

function summaryOf(
  missing: Step | undefined,
  findings: readonly Finding[],
  lastError: string | undefined,
): string {
  const last = findings.at(-1);
  const parts = [
    missing?.missing,
    last && last.means !== missing?.missing ? last.means : undefined,
    lastError,
  ];
  return (
    [...new Set(parts.filter(part => part !== undefined && part !== ''))].join(' ') ||
    'The stream is about to begin.'
  );
}
