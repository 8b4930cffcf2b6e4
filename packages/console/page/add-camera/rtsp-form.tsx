import {
  Button,
  Collapse,
  Group,
  PasswordInput,
  Select,
  Stack,
  Switch,
  Text,
  TextInput,
} from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { type FormEvent, useState } from 'react';
import { Problem } from '../parts/problem.tsx';
import { useText } from '../text/text.tsx';
import { type AddForm, isStreamId, suggestedId } from './form.ts';

type Transport = 'auto' | 'tcp' | 'udp';

/** A camera that the server connects to. */
export function RtspForm({ isBusy, error, onSubmit }: AddForm) {
  const { addCamera: text } = useText();
  const [url, setUrl] = useState('');
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [chosenId, setChosenId] = useState<string>();
  const [transport, setTransport] = useState<Transport>('auto');
  const [isOnDemand, setOnDemand] = useState(false);
  const [wasSubmitted, setSubmitted] = useState(false);
  const [hasMore, { toggle }] = useDisclosure(false);
  const id = chosenId ?? suggestedId(url);
  const urlError = wasSubmitted && !/^rtsps?:\/\/./.test(url) && text.urlWrong;
  const idError = wasSubmitted && !isStreamId(id) && text.idWrong;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setSubmitted(true);
    if (!/^rtsps?:\/\/./.test(url) || !isStreamId(id)) return;
    onSubmit({
      protocol: 'rtsp',
      stream_id: id,
      source: {
        rtsp: {
          url,
          ...(transport === 'auto' ? {} : { transport }),
          ...(username ? { username } : {}),
          ...(password ? { password } : {}),
          ...(isOnDemand ? { on_demand: true } : {}),
        },
      },
    });
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          {text.rtspWhy}
        </Text>
        <TextInput
          label={text.url}
          description={text.urlHint}
          placeholder="rtsp://192.168.1.64/stream1"
          inputMode="url"
          autoComplete="off"
          spellCheck={false}
          data-autofocus
          required
          error={urlError}
          value={url}
          onChange={event => setUrl(event.currentTarget.value.trim())}
        />
        <Group grow align="start">
          <TextInput
            label={text.username}
            autoComplete="off"
            value={username}
            onChange={event => setUsername(event.currentTarget.value)}
          />
          <PasswordInput
            label={text.password}
            autoComplete="new-password"
            value={password}
            onChange={event => setPassword(event.currentTarget.value)}
          />
        </Group>
        <TextInput
          label={text.id}
          description={text.idHint}
          required
          error={idError}
          value={id}
          onChange={event => setChosenId(event.currentTarget.value || undefined)}
        />
        <Button variant="subtle" size="compact-sm" onClick={toggle} aria-expanded={hasMore} className="more">
          {text.more}
        </Button>
        <Collapse expanded={hasMore}>
          <Stack gap="sm">
            <Select
              label={text.transport}
              value={transport}
              onChange={value => setTransport((value ?? 'auto') as Transport)}
              data={[
                { value: 'auto', label: text.transportAuto },
                { value: 'tcp', label: 'TCP' },
                { value: 'udp', label: 'UDP' },
              ]}
            />
            <Switch
              label={text.onDemand}
              description={text.onDemandWhy}
              checked={isOnDemand}
              onChange={event => setOnDemand(event.currentTarget.checked)}
            />
          </Stack>
        </Collapse>
        <Problem error={error} />
        <Group justify="flex-end">
          <Button type="submit" loading={isBusy}>
            {text.connect}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
