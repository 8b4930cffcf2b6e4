import { Center, Loader } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';
import { useText } from '../text/text.tsx';

interface PageProps {
  readonly title: string;
  /** Beside the title. */
  readonly beside?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** The frame of every page: its title, what can be done on it, its contents. */
export function Page({ title, beside, actions, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · FLUX IoT`;
  }, [title]);
  return (
    <div className="page">
      <div className="page-head">
        <h1>{title}</h1>
        {beside}
        {actions && <div className="actions">{actions}</div>}
      </div>
      {children}
    </div>
  );
}

export function Loading() {
  const text = useText();
  return (
    <Center mih="30vh">
      <Loader aria-label={text.common.loading} role="status" />
    </Center>
  );
}
