import { Text, Title } from '@mantine/core';
import type { Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';

interface EmptyProps {
  readonly icon: Icon;
  readonly title: string;
  readonly why: string;
  /** What to do next. */
  readonly children?: ReactNode;
}

/** The picture of a page that has nothing to show, and what to do about it. */
export function Empty({ icon: Picture, title, why, children }: EmptyProps) {
  return (
    <div className="empty">
      <Picture size={56} stroke={1.2} aria-hidden />
      <Title order={2} size="h3" mt="sm">
        {title}
      </Title>
      <Text c="dimmed" mt={6} mb="md">
        {why}
      </Text>
      {children}
    </div>
  );
}
