import { Badge } from '@mantine/core';
import { IconWebhook } from '@tabler/icons-react';
import { useText } from '../text/text.tsx';
import type { Item } from './resource.ts';
import { ResourcePage } from './resource-page.tsx';
import { textOf } from './show.tsx';

const EVENTS = [
  'publish',
  'play',
  'stop',
  'stream-started',
  'stream-ready',
  'stream-changed',
  'stream-closed',
  'recording-finished',
  'recording-alarm',
  'device-online',
  'device-offline',
  'alarm',
  'node-online',
  'node-offline',
];
const DECISIONS = ['publish', 'play'];

const choicesOf = (names: readonly string[]) => names.map(name => ({ value: name, label: name }));

/** Servers that are asked, or told, when something happens. */
export function Hooks() {
  const text = useText();
  const words = text.hooks;
  return (
    <ResourcePage
      path="/hooks"
      icon={IconWebhook}
      nameOf={hook => textOf(hook.url)}
      isLocked={hook => hook.configured === true}
      columns={[
        { title: words.url, show: hook => <span className="mono">{textOf(hook.url)}</span> },
        { title: words.decides, show: hook => textOf(hook.decides) },
        { title: words.events, show: hook => <span className="long">{textOf(hook.events)}</span> },
        { title: words.deliveries, show: hook => <Deliveries hook={hook} /> },
        {
          title: words.enabled,
          show: hook => (
            <Badge variant="default" tt="none">
              {hook.enabled === false ? text.common.no : text.common.yes}
            </Badge>
          ),
        },
      ]}
      fields={[
        { name: 'url', label: words.url, kind: 'text', isRequired: true },
        {
          name: 'decides',
          label: words.decides,
          hint: words.decidesWhy,
          kind: 'choices',
          choices: choicesOf(DECISIONS),
          initial: [],
        },
        {
          name: 'events',
          label: words.events,
          hint: words.eventsWhy,
          kind: 'choices',
          choices: choicesOf(EVENTS),
          initial: [],
        },
        { name: 'secret', label: words.secret, hint: words.secretHint, kind: 'password' },
        { name: 'enabled', label: words.enabled, kind: 'switch', initial: true },
      ]}
      words={{ ...words, removeTitle: () => words.removeTitle }}
    />
  );
}

function Deliveries({ hook }: { hook: Item }) {
  const { hooks: words } = useText();
  const {
    delivered,
    failures,
    last_error: lastError,
  } = (hook.deliveries ?? {}) as {
    delivered?: number;
    failures?: number;
    last_error?: string;
  };
  return <span title={lastError}>{words.delivered(delivered ?? 0, failures ?? 0)}</span>;
}
