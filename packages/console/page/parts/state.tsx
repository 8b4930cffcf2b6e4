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

/** The state of a stream or a connection, in words and colour. */
export function State({ name }: { name: string }) {
  const text = useText();
  return (
    <span className="state" data-tone={TONES[name] ?? 'off'}>
      {text.states[name] ?? name}
    </span>
  );
}
