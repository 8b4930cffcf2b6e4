import {
  Kbd,
  Paper,
  SegmentedControl,
  Select,
  SimpleGrid,
  Stack,
  Switch,
  Text,
  useMantineColorScheme,
} from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useServer } from '../api/queries.ts';
import { useAccess } from '../api/session.tsx';
import { duration, protocolName } from '../parts/format.ts';
import { Page } from '../parts/page.tsx';
import { Problem } from '../parts/problem.tsx';
import { FORMATS, type Format, preferFormat, preferredFormat } from '../player/formats.ts';
import { LANGUAGES, type Language, useLanguage } from '../text/text.tsx';
import { PasswordForm } from './password-form.tsx';
import { startsWithSound, startWithSound } from './preferences.ts';

const SHORTCUTS = [
  ['/', 'search'],
  ['d', 'dashboard'],
  ['s', 'streams'],
  ['w', 'wall'],
  ['a', 'add'],
] as const;

/** What is kept in this browser, and what the server says of itself. */
export function Settings() {
  const { text, language, choose } = useLanguage();
  const words = text.settings;
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const [format, setFormat] = useState(preferredFormat);
  const [hasSound, setSound] = useState(startsWithSound);
  const server = useServer();
  const { user, has } = useAccess();
  return (
    <Page title={words.title}>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
        <Group title={words.appearance} why={words.appearanceWhy}>
          <Select
            label={text.nav.languageLabel}
            value={language}
            onChange={value => value && choose(value as Language)}
            data={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))}
          />
          <div>
            <Text size="sm" fw={500} mb={4}>
              {text.nav.theme}
            </Text>
            <SegmentedControl
              fullWidth
              aria-label={text.nav.theme}
              value={colorScheme}
              onChange={value => setColorScheme(value)}
              data={(['auto', 'light', 'dark'] as const).map(value => ({ value, label: text.nav[value] }))}
            />
          </div>
        </Group>
        <Group title={words.player} why={words.appearanceWhy}>
          <Select
            label={words.preferred}
            value={format}
            onChange={value => {
              setFormat(value as Format);
              preferFormat(value as Format);
            }}
            data={FORMATS.map(value => ({ value, label: protocolName(value) }))}
          />
          <Switch
            label={words.sound}
            description={words.soundWhy}
            checked={hasSound}
            onChange={event => {
              setSound(event.currentTarget.checked);
              startWithSound(event.currentTarget.checked);
            }}
          />
        </Group>
        {user && has('/auth/password') && (
          <Group title={words.password}>
            <PasswordForm />
          </Group>
        )}
        <Group title={words.keyboard}>
          <dl className="facts">
            {SHORTCUTS.map(([key, what]) => (
              <div key={key} className="contents">
                <dt>
                  <Kbd>{key}</Kbd>
                </dt>
                <dd>{words.keys[what]}</dd>
              </div>
            ))}
          </dl>
        </Group>
        <Group title={words.server} why={words.configuration}>
          <Problem error={server.error} />
          {server.data && (
            <dl className="facts">
              <dt>{words.version}</dt>
              <dd>{server.data.version}</dd>
              <dt>{words.uptime}</dt>
              <dd>{duration(server.data.uptime_seconds, text.units)}</dd>
              <dt>{words.mediaPort}</dt>
              <dd>{server.data.media_port}</dd>
            </dl>
          )}
        </Group>
      </SimpleGrid>
    </Page>
  );
}

function Group({ title, why, children }: { title: string; why?: string; children: ReactNode }) {
  return (
    <Paper p="lg">
      <Text component="h2" fw={650}>
        {title}
      </Text>
      {why && (
        <Text size="sm" c="dimmed">
          {why}
        </Text>
      )}
      <Stack mt="md">{children}</Stack>
    </Paper>
  );
}
