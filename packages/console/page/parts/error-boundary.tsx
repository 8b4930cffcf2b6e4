import { Button } from '@mantine/core';
import { IconMoodSad } from '@tabler/icons-react';
import { Component, type ReactNode } from 'react';
import { useText } from '../text/text.tsx';
import { Empty } from './empty.tsx';

interface State {
  readonly error: unknown;
}

/** What is seen where the page itself is at fault. */
export class ErrorBoundary extends Component<{ children: ReactNode }, State> {
  override state: State = { error: undefined };

  static getDerivedStateFromError(error: unknown): State {
    return { error };
  }

  override render(): ReactNode {
    return this.state.error === undefined ? this.props.children : <Crashed error={this.state.error} />;
  }
}

function Crashed({ error }: { error: unknown }) {
  const { problem } = useText();
  return (
    <Empty
      icon={IconMoodSad}
      title={problem.crashed}
      why={error instanceof Error ? error.message : String(error)}
    >
      <Button onClick={() => location.reload()}>{problem.reload}</Button>
    </Empty>
  );
}
