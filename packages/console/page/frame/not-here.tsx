import { Button } from '@mantine/core';
import { IconLock, IconPlugOff, IconZoomQuestion } from '@tabler/icons-react';
import { Link } from 'wouter';
import { Empty } from '../parts/empty.tsx';
import { useText } from '../text/text.tsx';

function ToStart() {
  return (
    <Button component={Link} href="/" variant="default">
      {useText().problem.toStart}
    </Button>
  );
}

export function NotFound() {
  const { problem } = useText();
  return (
    <Empty icon={IconZoomQuestion} title={problem.notFound} why={problem.notFoundWhy}>
      <ToStart />
    </Empty>
  );
}

/** For a page whose part of the API this server does not have. */
export function NotOffered() {
  const { problem } = useText();
  return (
    <Empty icon={IconPlugOff} title={problem.notOffered} why={problem.notOfferedWhy}>
      <ToStart />
    </Empty>
  );
}

export function NotAllowed() {
  const { problem } = useText();
  return (
    <Empty icon={IconLock} title={problem.notAllowed} why={problem.notAllowedWhy}>
      <ToStart />
    </Empty>
  );
}
