import { Button } from '@mantine/core';
import { IconPlayerRecord, IconPlayerRecordFilled } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, client, take } from '../api/client.ts';
import { Problem } from '../parts/problem.tsx';
import { useText } from '../text/text.tsx';

/** Begins and ends a recording of a stream. */
export function RecordButton({ streamId }: { streamId: string }) {
  const { stream: text } = useText();
  const queries = useQueryClient();
  const { data } = useQuery({
    queryKey: ['recordings', 'active'],
    queryFn: () => take(client.GET('/api/v1/recordings/active')),
    refetchInterval: 5000,
  });
  const isRecording = data?.recordings.some(recording => recording.stream_id === streamId) ?? false;
  const change = useMutation({
    mutationFn: async (): Promise<unknown> =>
      isRecording ? api.stopRecording(streamId) : api.record(streamId),
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
