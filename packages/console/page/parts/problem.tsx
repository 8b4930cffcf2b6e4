import { Alert, Button, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { ApiError } from '../api/client.ts';
import type { Text as Words } from '../text/en.ts';
import { useText } from '../text/text.tsx';

/** What went wrong, as the API said it. */
export function wordsOf(error: unknown, text: Words): string {
  if (!(error instanceof ApiError)) return error instanceof Error ? error.message : String(error);
  if (error.status === 0) return text.problem.noAnswer;
  return error.code === undefined ? text.problem.status(error.status) : error.message;
}

interface ProblemProps {
  readonly error: unknown;
  readonly onRetry?: () => void;
}

/** Nothing where there is no error. Names the request, so that it is found in the server's log. */
export function Problem({ error, onRetry }: ProblemProps) {
  const text = useText();
  if (!error) return null;
  const requestId = error instanceof ApiError ? error.requestId : undefined;
  const code = error instanceof ApiError ? error.code : undefined;
  return (
    <Alert
      color="red"
      variant="outline"
      icon={<IconAlertTriangle />}
      title={text.problem.title}
      role="alert"
      my="sm"
    >
      <Text size="sm">{wordsOf(error, text)}</Text>
      {(code || requestId) && (
        <Text size="xs" c="dimmed" mt={4} className="mono">
          {[code, requestId && `${text.problem.request} ${requestId}`].filter(Boolean).join(' · ')}
        </Text>
      )}
      {onRetry && (
        <Button size="xs" variant="default" mt="sm" onClick={onRetry}>
          {text.common.retry}
        </Button>
      )}
    </Alert>
  );
}
