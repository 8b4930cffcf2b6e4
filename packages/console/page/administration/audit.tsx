import { Button, Center, Table } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { client, take } from '../api/client.ts';
import { Empty } from '../parts/empty.tsx';
import { Loading, Page } from '../parts/page.tsx';
import { Problem } from '../parts/problem.tsx';
import { TableFrame } from '../parts/table-frame.tsx';
import { useText } from '../text/text.tsx';
import { Moment } from './show.tsx';

const LIMIT = 100;

/** Who did what, when, from where, with what result. */
export function Audit() {
  const { audit: text, common } = useText();
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['audit'],
    queryFn: ({ pageParam }) =>
      take(client.GET('/api/v1/audit', { params: { query: { limit: LIMIT, offset: pageParam } } })),
    initialPageParam: 0,
    getNextPageParam: ({ offset, items, total }) =>
      offset + items.length < total && items.length > 0 ? offset + items.length : undefined,
  });
  const entries = data?.pages.flatMap(page => page.items);
  return (
    <Page title={text.title}>
      <Problem error={error} onRetry={() => void refetch()} />
      {!entries && !error && <Loading />}
      {entries?.length === 0 && <Empty icon={IconHistory} title={text.empty} why={text.emptyWhy} />}
      {entries && entries.length > 0 && (
        <TableFrame label={text.title}>
          <Table horizontalSpacing="md" verticalSpacing={6}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{text.when}</Table.Th>
                <Table.Th>{text.who}</Table.Th>
                <Table.Th>{text.what}</Table.Th>
                <Table.Th>{text.target}</Table.Th>
                <Table.Th>{text.from}</Table.Th>
                <Table.Th>{text.result}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {entries.map(entry => (
                <Table.Tr key={entry.sequence}>
                  <Table.Td>
                    <Moment value={entry.at} />
                  </Table.Td>
                  <Table.Td>{entry.actor}</Table.Td>
                  <Table.Td>{entry.action}</Table.Td>
                  <Table.Td className="mono">{entry.target}</Table.Td>
                  <Table.Td className="mono">{entry.address}</Table.Td>
                  <Table.Td title={entry.request_id}>
                    {text.results[entry.result] ?? entry.result}
                    {entry.code && ` · ${entry.code}`}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </TableFrame>
      )}
      {hasNextPage && (
        <Center mt="md">
          <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {common.more}
          </Button>
        </Center>
      )}
    </Page>
  );
}
