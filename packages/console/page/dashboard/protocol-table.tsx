import { Table } from '@mantine/core';
import type { Protocol } from '../api/types.ts';
import { bytes, protocolName } from '../parts/format.ts';
import { TableFrame } from '../parts/table-frame.tsx';
import { useText } from '../text/text.tsx';

/** Every enabled protocol: where it listens, what goes through it. */
export function ProtocolTable({ protocols }: { protocols: readonly Protocol[] }) {
  const text = useText();
  return (
    <TableFrame label={text.dashboard.protocols}>
      <Table verticalSpacing="xs" horizontalSpacing="md">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{text.stream.protocol}</Table.Th>
            <Table.Th>{text.dashboard.listening}</Table.Th>
            <Table.Th className="number">{text.stream.publisher}</Table.Th>
            <Table.Th className="number">{text.dashboard.viewers}</Table.Th>
            <Table.Th className="number">{text.dashboard.received}</Table.Th>
            <Table.Th className="number">{text.dashboard.sent}</Table.Th>
            <Table.Th className="number">{text.dashboard.refused}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {protocols.map(protocol => (
            <Table.Tr key={protocol.protocol}>
              <Table.Td fw={600}>{protocolName(protocol.protocol)}</Table.Td>
              <Table.Td className="mono">{protocol.listening.join(', ') || '–'}</Table.Td>
              <Table.Td className="number">{protocol.publishers}</Table.Td>
              <Table.Td className="number">{protocol.viewers}</Table.Td>
              <Table.Td className="number">{bytes(protocol.bytes_in)}</Table.Td>
              <Table.Td className="number">{bytes(protocol.bytes_out)}</Table.Td>
              <Table.Td className="number" title={Object.keys(protocol.refused).join(', ')}>
                {Object.values(protocol.refused).reduce((sum, count) => sum + count, 0)}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </TableFrame>
  );
}
