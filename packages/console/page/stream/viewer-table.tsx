import { Table, Text } from '@mantine/core';
import { useViewers } from '../api/queries.ts';
import { bytes, protocolName } from '../parts/format.ts';
import { Loading } from '../parts/page.tsx';
import { Problem } from '../parts/problem.tsx';
import { TableFrame } from '../parts/table-frame.tsx';
import { useLanguage } from '../text/text.tsx';

/** Who watches a stream. */
export function ViewerTable({ streamId }: { streamId: string }) {
  const { text, tag } = useLanguage();
  const { data, error } = useViewers(streamId, true);
  const clock = new Intl.DateTimeFormat(tag, { dateStyle: 'medium', timeStyle: 'medium' });
  if (error) return <Problem error={error} />;
  if (!data) return <Loading />;
  if (data.viewers.length === 0) return <Text c="dimmed">{text.stream.noViewers}</Text>;
  return (
    <TableFrame label={text.stream.viewers}>
      <Table horizontalSpacing="md">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{text.stream.protocol}</Table.Th>
            <Table.Th>{text.stream.peer}</Table.Th>
            <Table.Th>{text.stream.since}</Table.Th>
            <Table.Th className="number">{text.stream.sent}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {data.viewers.map(viewer => (
            <Table.Tr key={viewer.id}>
              <Table.Td>{protocolName(viewer.protocol)}</Table.Td>
              <Table.Td className="mono">{viewer.peer}</Table.Td>
              <Table.Td>{clock.format(new Date(viewer.since))}</Table.Td>
              <Table.Td className="number">{bytes(viewer.bytes_sent)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </TableFrame>
  );
}
