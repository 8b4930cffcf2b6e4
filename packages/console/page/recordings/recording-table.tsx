import { ActionIcon, Anchor, Group, Table } from '@mantine/core';
import { IconDownload, IconPlayerPlay, IconTrash } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from 'wouter';
import { Moment } from '../administration/show.tsx';
import { client, take } from '../api/client.ts';
import { useAccess } from '../api/session.tsx';
import type { Recording } from '../api/types.ts';
import { useAsk } from '../parts/confirm.tsx';
import { bytes, duration } from '../parts/format.ts';
import { State } from '../parts/state.tsx';
import { TableFrame } from '../parts/table-frame.tsx';
import { useText } from '../text/text.tsx';

interface RecordingTableProps {
  readonly recordings: readonly Recording[];
  onPlay(recording: Recording): void;
}

/** Recorded files, with what can be done with each. */
export function RecordingTable({ recordings, onPlay }: RecordingTableProps) {
  const text = useText();
  const words = text.recordings;
  const ask = useAsk();
  const { may } = useAccess();
  const queries = useQueryClient();
  const remove = (recording: Recording) =>
    ask({
      title: words.removeTitle,
      why: words.removeWhy,
      action: text.common.remove,
      act: async () => {
        const params = { path: { recording_id: recording.id } };
        await take(client.DELETE('/api/v1/recordings/{recording_id}', { params }));
        await queries.invalidateQueries({ queryKey: ['recordings'] });
      },
    });
  return (
    <TableFrame label={words.title}>
      <Table horizontalSpacing="md" verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{words.stream}</Table.Th>
            <Table.Th>{words.start}</Table.Th>
            <Table.Th className="number">{words.length}</Table.Th>
            <Table.Th className="number">{words.size}</Table.Th>
            <Table.Th className="number">{text.common.actions}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {recordings.map(recording => (
            <Table.Tr key={recording.id}>
              <Table.Td>
                <Group gap="sm" wrap="nowrap">
                  <Anchor component={Link} href={`/streams/${encodeURIComponent(recording.stream_id)}`}>
                    {recording.stream_id}
                  </Anchor>
                  {recording.state === 'recording' && <State name="recording" />}
                </Group>
              </Table.Td>
              <Table.Td>
                <Moment value={recording.started_at} />
              </Table.Td>
              <Table.Td className="number">{duration(recording.duration_seconds, text.units)}</Table.Td>
              <Table.Td className="number">{bytes(recording.size)}</Table.Td>
              <Table.Td>
                <Group gap={4} justify="flex-end" wrap="nowrap">
                  <ActionIcon
                    variant="subtle"
                    disabled={recording.format !== 'fmp4'}
                    aria-label={`${words.play}: ${recording.stream_id}`}
                    onClick={() => onPlay(recording)}
                  >
                    <IconPlayerPlay size={18} />
                  </ActionIcon>
                  <ActionIcon
                    component="a"
                    href={recording.url}
                    download
                    variant="subtle"
                    color="gray"
                    aria-label={`${words.download}: ${recording.stream_id}`}
                  >
                    <IconDownload size={18} />
                  </ActionIcon>
                  {may('administrator') && !recording.held && recording.state === 'finished' && (
                    <ActionIcon
                      variant="subtle"
                      color="red.8"
                      aria-label={`${text.common.remove}: ${recording.stream_id}`}
                      onClick={() => remove(recording)}
                    >
                      <IconTrash size={18} />
                    </ActionIcon>
                  )}
                </Group>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </TableFrame>
  );
}
