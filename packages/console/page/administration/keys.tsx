import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { useState } from 'react';
import { Copyable } from '../parts/copyable.tsx';
import { useText } from '../text/text.tsx';
import { ResourcePage } from './resource-page.tsx';
import { Moment, textOf } from './show.tsx';

/** What programs come in by. A key is shown once, when it is made. */
export function Keys() {
  const text = useText();
  const words = text.keys;
  const [made, setMade] = useState<string>();
  const roles = Object.entries(text.roles).map(([value, label]) => ({ value, label }));
  return (
    <>
      <ResourcePage
        path="/keys"
        icon={IconKey}
        isFixed
        nameOf={key => textOf(key.name)}
        columns={[
          { title: text.common.name, show: key => <b>{textOf(key.name)}</b> },
          { title: text.users.role, show: key => text.roles[textOf(key.role)] ?? textOf(key.role) },
          { title: words.hint, show: key => <span className="mono">{textOf(key.hint)}…</span> },
          { title: text.common.created, show: key => <Moment value={key.created_at} /> },
          { title: words.lastUsed, show: key => <Moment value={key.used_at} /> },
          { title: words.expires, show: key => <Moment value={key.expires_at} /> },
        ]}
        fields={[
          { name: 'name', label: text.common.name, kind: 'text', isRequired: true },
          {
            name: 'role',
            label: text.users.role,
            kind: 'choice',
            choices: roles,
            isRequired: true,
            initial: 'operator',
          },
        ]}
        onMade={item => setMade(textOf(item.key))}
        words={{ ...words, remove: words.revoke, removeWhy: () => words.removeWhy }}
      />
      <Modal
        opened={made !== undefined}
        onClose={() => setMade(undefined)}
        title={words.made}
        closeButtonProps={{ 'aria-label': text.common.close }}
      >
        <Stack>
          <Text size="sm">{words.madeWhy}</Text>
          {made && <Copyable value={made} label={words.one} />}
          <Group justify="flex-end">
            <Button onClick={() => setMade(undefined)}>{text.common.close}</Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
