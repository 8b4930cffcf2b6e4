import { Button, Center, Paper, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api } from '../api/client.ts';
import { useReenter } from '../api/session.tsx';
import icon from '../icon.svg';
import { Problem } from '../parts/problem.tsx';
import { LANGUAGES, type Language, useLanguage } from '../text/text.tsx';

/** The first page where the server asks who one is. The address stays, and is gone to after that. */
export function LoginPage() {
  const { text, language, choose } = useLanguage();
  const reenter = useReenter();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const login = useMutation({
    mutationFn: () => api.login(username, password),
    onSuccess: reenter,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    login.mutate();
  };
  return (
    <Center component="main" mih="100dvh" p="md">
      <Stack w="100%" maw={380} gap="lg">
        <Stack align="center" gap="xs">
          <img src={icon} alt="" width={52} height={52} />
          <Title order={1} size="h2">
            FLUX IoT
          </Title>
        </Stack>
        <Paper p="xl" component="form" onSubmit={submit}>
          <Stack>
            <TextInput
              label={text.login.username}
              autoComplete="username"
              autoFocus
              required
              value={username}
              onChange={event => setUsername(event.currentTarget.value)}
            />
            <PasswordInput
              label={text.login.password}
              autoComplete="current-password"
              required
              value={password}
              onChange={event => setPassword(event.currentTarget.value)}
            />
            <Problem error={login.error} />
            <Button type="submit" loading={login.isPending} fullWidth>
              {text.login.submit}
            </Button>
            <Text size="sm" c="dimmed">
              {text.login.firstStart}
            </Text>
          </Stack>
        </Paper>
        <Center>
          {Object.entries(LANGUAGES).map(([name, label]) => (
            <Button
              key={name}
              lang={name}
              variant="subtle"
              size="compact-sm"
              color="gray"
              c={name === language ? undefined : 'dimmed'}
              aria-pressed={name === language}
              onClick={() => choose(name as Language)}
            >
              {label}
            </Button>
          ))}
        </Center>
      </Stack>
    </Center>
  );
}
