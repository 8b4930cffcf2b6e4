import { Button, Center, Table } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { request } from '../api/client.ts';
import { Empty } from '../parts/empty.tsx';
import { Loading, Page } from '../parts/page.tsx';
import { Problem } from '../parts/problem.tsx';
import { TableFrame } from '../parts/table-frame.tsx';
import { useText } from '../text/text.tsx';
import { Moment, textOf } from './show.tsx';

type Entry = Readonly<Record<string, unknown>>;

interface AuditPage {
  readonly entries: readonly Entry[];
  readonly total: number;
  readonly offset: number;
}

const LIMIT = 100;

async function readPage(offset: number): Promise<AuditPage> {
  const answer = await request<Entry>('GET', `/audit?limit=${LIMIT}&offset=${offset}`);
  const entries = (Object.values(answer).find(Array.isArray) as Entry[] | undefined) ?? [];
  return { entries, total: typeof answer.total === 'number' ? answer.total : entries.length, offset };
}

/** Who did what, when, from where, with what result. */
export function Audit() {
  const { audit: text, common } = useText();
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['audit'],
    queryFn: ({ pageParam }) => readPage(pageParam),
    initialPageParam: 0,
    getNextPageParam: ({ offset, entries, total }) =>
      offset + entries.length < total && entries.length > 0 ? offset + entries.length : undefined,
  });
  const entries = data?.pages.flatMap(page => page.entries);
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
              {entries.map((entry, index) => (
                <Table.Tr key={textOf(entry.id ?? entry.sequence ?? index)}>
                  <Table.Td>
                    <Moment value={entry.at} />
                  </Table.Td>
                  <Table.Td>{textOf(entry.actor)}</Table.Td>
                  <Table.Td>{textOf(entry.action)}</Table.Td>
                  <Table.Td className="mono">{textOf(entry.target)}</Table.Td>
                  <Table.Td className="mono">{textOf(entry.address)}</Table.Td>
                  <Table.Td title={textOf(entry.request_id)}>
                    {textOf(entry.result)}
                    {typeof entry.code === 'string' && ` · ${entry.code}`}
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
