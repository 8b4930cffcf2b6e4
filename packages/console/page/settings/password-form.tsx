import { Button, PasswordInput, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { client, proveBy, take } from '../api/client.ts';
import { Problem } from '../parts/problem.tsx';
import { useText } from '../text/text.tsx';

/** Sets the own password; who came by a link has none yet. */
export function PasswordForm() {
  const { settings: words, users } = useText();
  const [current, setCurrent] = useState('');
  const [password, setPassword] = useState('');
  const setting = useMutation({
    mutationFn: () =>
      take(
        client.POST('/api/v1/auth/password', {
          body: { ...(current ? { current_password: current } : {}), password },
        }),
      ),
    onSuccess: session => {
      // A new session comes with it.
      proveBy(session.csrf_token);
      setCurrent('');
      setPassword('');
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setting.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <PasswordInput
          label={words.currentPassword}
          autoComplete="current-password"
          value={current}
          onChange={event => setCurrent(event.currentTarget.value)}
        />
        <PasswordInput
          label={words.newPassword}
          description={users.passwordHint}
          autoComplete="new-password"
          required
          minLength={10}
          value={password}
          onChange={event => setPassword(event.currentTarget.value)}
        />
        <Problem error={setting.error} />
        {setting.isSuccess && (
          <Text size="sm" role="status">
            {words.passwordSet}
          </Text>
        )}
        <Button type="submit" variant="default" loading={setting.isPending}>
          {words.changePassword}
        </Button>
      </Stack>
    </form>
  );
}
