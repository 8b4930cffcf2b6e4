import type { StreamSummary } from '../api/types.ts';
import { useText } from '../text/text.tsx';

const TONES: Readonly<Record<string, string>> = {
  live: 'live',
  connected: 'live',
  online: 'live',
  discovering: 'warn',
  interrupted: 'warn',
  connecting: 'warn',
  retrying: 'warn',
};

/** What is said of a stream: one that waits for a source that is not reached is on its way. */
export function stateOf({ state, ingest }: Pick<StreamSummary, 'state' | 'ingest'>): string {
  return state === 'waiting' && ingest?.state === 'retrying' ? 'retrying' : state;
}

/** The state of a stream or a connection, in words and colour. */
export function State({ name }: { name: string }) {
  const text = useText();
  return (
    <span className="state" data-tone={TONES[name] ?? 'off'}>
      {text.states[name] ?? name}
    </span>
  );
}
