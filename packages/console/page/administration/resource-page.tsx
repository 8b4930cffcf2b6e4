import { ActionIcon, Button, Group, Table } from '@mantine/core';
import { type Icon, IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useAsk } from '../parts/confirm.tsx';
import { Empty } from '../parts/empty.tsx';
import { Loading, Page } from '../parts/page.tsx';
import { Problem } from '../parts/problem.tsx';
import { TableFrame } from '../parts/table-frame.tsx';
import { useText } from '../text/text.tsx';
import { type Field, FormDialog } from './form-dialog.tsx';
import { type Collection, type Item, useChanges, useItems } from './resource.ts';

export interface Column {
  readonly title: string;
  show(item: Item): ReactNode;
}

interface ResourcePageProps {
  readonly path: Collection;
  readonly icon: Icon;
  readonly columns: readonly Column[];
  /** What is asked for a new item, and for a change of one. */
  readonly fields: readonly Field[];
  /** Keys are not changed, only made and revoked. */
  readonly isFixed?: boolean;
  /** What of an item can neither be changed nor deleted here. */
  isLocked?(item: Item): boolean;
  /** By what it is called when somebody is asked about it. */
  nameOf(item: Item): string;
  readonly words: {
    readonly title: string;
    readonly add: string;
    readonly empty: string;
    readonly emptyWhy: string;
    readonly remove?: string;
    removeTitle(name: string): string;
    removeWhy(name: string): string;
  };
  /** Told what was made, with what is shown only once. */
  onMade?(item: Item): void;
}

/** A list of what administrators make, change and delete, with the dialogs for it. */
export function ResourcePage(props: ResourcePageProps) {
  const { path, icon, columns, fields, isFixed, isLocked, nameOf, words, onMade } = props;
  const { common } = useText();
  const { data, error, refetch } = useItems(path);
  const changes = useChanges(path);
  const ask = useAsk();
  const [edited, setEdited] = useState<Item>();
  const [isOpen, setOpen] = useState(false);
  const open = (item: Item | undefined) => {
    setEdited(item);
    setOpen(true);
  };
  const save = async (values: Readonly<Record<string, unknown>>) => {
    if (edited) await changes.change(edited.id, values);
    else onMade?.(await changes.make(values));
  };
  const remove = (item: Item) =>
    ask({
      title: words.removeTitle(nameOf(item)),
      why: words.removeWhy(nameOf(item)),
      action: words.remove ?? common.remove,
      act: () => changes.remove(item.id),
    });
  const add = (
    <Button leftSection={<IconPlus size={18} />} onClick={() => open(undefined)}>
      {words.add}
    </Button>
  );
  return (
    <Page title={words.title} actions={data && data.length > 0 && add}>
      <Problem error={error} onRetry={() => void refetch()} />
      {!data && !error && <Loading />}
      {data?.length === 0 && (
        <Empty icon={icon} title={words.empty} why={words.emptyWhy}>
          {add}
        </Empty>
      )}
      {data && data.length > 0 && (
        <TableFrame label={words.title}>
          <Table horizontalSpacing="md" verticalSpacing="xs">
            <Table.Thead>
              <Table.Tr>
                {columns.map(({ title }) => (
                  <Table.Th key={title}>{title}</Table.Th>
                ))}
                <Table.Th className="number">{common.actions}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {data.map(item => (
                <Table.Tr key={item.id}>
                  {columns.map(({ title, show }) => (
                    <Table.Td key={title}>{show(item)}</Table.Td>
                  ))}
                  <Table.Td>
                    {!isLocked?.(item) && (
                      <Group gap={4} justify="flex-end" wrap="nowrap">
                        {!isFixed && (
                          <ActionIcon
                            variant="subtle"
                            color="gray"
                            aria-label={`${common.edit}: ${nameOf(item)}`}
                            onClick={() => open(item)}
                          >
                            <IconPencil size={18} />
                          </ActionIcon>
                        )}
                        <ActionIcon
                          variant="subtle"
                          color="red.8"
                          aria-label={`${words.remove ?? common.remove}: ${nameOf(item)}`}
                          onClick={() => remove(item)}
                        >
                          <IconTrash size={18} />
                        </ActionIcon>
                      </Group>
                    )}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </TableFrame>
      )}
      {isOpen && (
        <FormDialog
          title={edited ? `${common.edit}: ${nameOf(edited)}` : words.add}
          fields={fields.filter(({ when }) => !when || when === (edited ? 'change' : 'make'))}
          item={edited}
          onSave={save}
          onClose={() => setOpen(false)}
        />
      )}
    </Page>
  );
}
