import { Button } from '@mantine/core';
import { IconPlayerRecord, IconPlayerRecordFilled } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { request } from '../api/client.ts';
import { Problem } from '../parts/problem.tsx';
import { useText } from '../text/text.tsx';

/** Begins and ends a recording of a stream. */
export function RecordButton({ streamId }: { streamId: string }) {
  const { stream: text } = useText();
  const queries = useQueryClient();
  const { data } = useQuery({
    queryKey: ['recordings', 'active'],
    queryFn: () => request<{ recordings: readonly { stream_id: string }[] }>('GET', '/recordings/active'),
    refetchInterval: 5000,
  });
  const isRecording = data?.recordings.some(recording => recording.stream_id === streamId) ?? false;
  const change = useMutation({
    mutationFn: () => {
      const path = `/streams/${encodeURIComponent(streamId)}/record`;
      return isRecording ? request<unknown>('DELETE', path) : request<unknown>('POST', path, {});
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['recordings'] }),
  });
  return (
    <>
      <Problem error={change.error} />
      <Button
        variant="default"
        aria-pressed={isRecording}
        loading={change.isPending}
        leftSection={
          isRecording ? (
            <IconPlayerRecordFilled size={17} className="recording-now" />
          ) : (
            <IconPlayerRecord size={17} />
          )
        }
        onClick={() => change.mutate()}
      >
        {isRecording ? text.stopRecording : text.record}
      </Button>
    </>
  );
}
