import { Alert } from '@mantine/core';
import { ApiError } from '../api/client.ts';
import { useServer } from '../api/queries.ts';
import { useText } from '../text/text.tsx';

/** Says that what is on the page may be old, for as long as the server does not answer. */
export function ConnectionNotice() {
  const { problem } = useText();
  const { error } = useServer();
  if (!(error instanceof ApiError && error.status === 0)) return null;
  return (
    <Alert color="yellow" role="alert" mb="md">
      {problem.lost}
    </Alert>
  );
}
