import { IconBuilding } from '@tabler/icons-react';
import { useText } from '../text/text.tsx';
import { ResourcePage } from './resource-page.tsx';
import { Moment, textOf } from './show.tsx';

/** Whose streams are those of all apps that belong to no other. */
const DEFAULT_TENANT = 'default';

/** Organisations that share this server and see nothing of one another. */
export function Tenants() {
  const text = useText();
  const words = text.tenants;
  const limit = (value: unknown) => (typeof value === 'number' ? String(value) : words.unlimited);
  return (
    <ResourcePage
      path="/tenants"
      icon={IconBuilding}
      nameOf={tenant => textOf(tenant.name ?? tenant.id)}
      isLocked={tenant => tenant.id === DEFAULT_TENANT}
      columns={[
        { title: text.common.name, show: tenant => <b>{textOf(tenant.name ?? tenant.id)}</b> },
        { title: words.apps, show: tenant => textOf(tenant.apps) },
        { title: words.maxStreams, show: tenant => limit(tenant.max_streams) },
        { title: words.maxViewers, show: tenant => limit(tenant.max_viewers) },
        { title: text.common.created, show: tenant => <Moment value={tenant.created_at} /> },
      ]}
      fields={[
        { name: 'id', label: words.id, hint: words.idHint, kind: 'text', isRequired: true, when: 'make' },
        { name: 'name', label: text.common.name, kind: 'text' },
        { name: 'apps', label: words.apps, hint: words.appsHint, kind: 'words', initial: [] },
        { name: 'max_streams', label: words.maxStreams, kind: 'number' },
        { name: 'max_viewers', label: words.maxViewers, kind: 'number' },
      ]}
      words={{ ...words, removeWhy: () => words.removeWhy }}
    />
  );
}
