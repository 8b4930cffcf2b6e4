import { IconBuilding } from '@tabler/icons-react';
import { useText } from '../text/text.tsx';
import { ResourcePage } from './resource-page.tsx';
import { Moment, textOf } from './show.tsx';

/** Whose streams are those of all apps that belong to no other. */
const DEFAULT_TENANT = 'default';
const MEGA = 1e6;
const GIGA = 1e9;

/** Organisations that share this server and see nothing of one another. */
export function Tenants() {
  const text = useText();
  const words = text.tenants;
  const limit = (value: unknown, scale = 1) =>
    typeof value === 'number' ? String(value / scale) : words.unlimited;
  const field = (name: string, label: string, scale?: number) =>
    ({ name, label, scale, kind: 'number', isClearable: true, hint: words.limitHint }) as const;
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
        { title: words.maxBitrate, show: tenant => limit(tenant.max_bitrate, MEGA) },
        { title: words.maxStorage, show: tenant => limit(tenant.max_storage_bytes, GIGA) },
        { title: words.maxTranscodes, show: tenant => limit(tenant.max_transcodes) },
        { title: text.common.created, show: tenant => <Moment value={tenant.created_at} /> },
      ]}
      fields={[
        { name: 'id', label: words.id, hint: words.idHint, kind: 'text', isRequired: true, when: 'make' },
        { name: 'name', label: text.common.name, kind: 'text' },
        { name: 'apps', label: words.apps, hint: words.appsHint, kind: 'words', initial: [] },
        field('max_streams', words.maxStreams),
        field('max_viewers', words.maxViewers),
        field('max_bitrate', words.maxBitrate, MEGA),
        field('max_storage_bytes', words.maxStorage, GIGA),
        field('max_transcodes', words.maxTranscodes),
      ]}
      words={{ ...words, removeWhy: () => words.removeWhy }}
    />
  );
}
