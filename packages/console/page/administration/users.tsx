import { IconUsers } from '@tabler/icons-react';
import { useAccess } from '../api/session.tsx';
import { useText } from '../text/text.tsx';
import { type Item, useItems } from './resource.ts';
import { ResourcePage } from './resource-page.tsx';
import { Moment, textOf } from './show.tsx';

/** The people who work with the console. */
export function Users() {
  const text = useText();
  const words = text.users;
  const hasTenants = useAccess().has('/tenants');
  const tenants = useItems('/tenants').data ?? [];
  const tenantName = (id: unknown) => tenants.find(tenant => tenant.id === id)?.name ?? id;
  const roles = Object.entries(text.roles).map(([value, label]) => ({ value, label }));
  return (
    <ResourcePage
      path="/users"
      icon={IconUsers}
      nameOf={user => textOf(user.name)}
      columns={[
        { title: words.username, show: user => <b>{textOf(user.name)}</b> },
        { title: words.role, show: user => text.roles[textOf(user.role)] ?? textOf(user.role) },
        ...(hasTenants
          ? [{ title: words.tenant, show: (user: Item) => textOf(tenantName(user.tenant)) }]
          : []),
        {
          title: words.active,
          show: user => (user.active === false ? text.common.no : text.common.yes),
        },
        { title: text.common.created, show: user => <Moment value={user.created_at} /> },
      ]}
      fields={[
        { name: 'name', label: words.username, kind: 'text', isRequired: true, when: 'make' },
        {
          name: 'password',
          label: words.password,
          hint: words.passwordHint,
          kind: 'password',
          when: 'make',
        },
        {
          name: 'password',
          label: words.newPassword,
          hint: words.passwordHint,
          kind: 'password',
          when: 'change',
        },
        {
          name: 'role',
          label: words.role,
          kind: 'choice',
          choices: roles,
          isRequired: true,
          initial: 'viewer',
        },
        { name: 'active', label: words.active, kind: 'switch', when: 'change' },
        ...(tenants.length > 1
          ? [
              {
                name: 'tenant',
                label: words.tenant,
                kind: 'choice' as const,
                choices: tenants.map(({ id, name }) => ({ value: id, label: textOf(name ?? id) })),
                when: 'make' as const,
              },
            ]
          : []),
      ]}
      words={{ ...words, removeWhy: () => words.removeWhy }}
    />
  );
}
