import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { Problem } from '../parts/problem.tsx';
import { useText } from '../text/text.tsx';
import { type AddForm, isStreamId } from './form.ts';

/** An encoder that connects to the server. */
export function RtmpForm({ isBusy, error, onSubmit }: AddForm) {
  const { addCamera: text } = useText();
  const [id, setId] = useState('');
  const [wasSubmitted, setSubmitted] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setSubmitted(true);
    if (!isStreamId(id)) return;
    const [app, stream] = id.includes('~') ? id.split('~') : ['live', id];
    onSubmit({ protocol: 'rtmp', stream_id: id, source: { rtmp: { app, stream } } });
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          {text.rtmpWhy}
        </Text>
        <TextInput
          label={text.id}
          description={text.idHint}
          placeholder="entrance"
          required
          error={wasSubmitted && !isStreamId(id) && text.idWrong}
          value={id}
          onChange={event => setId(event.currentTarget.value.trim())}
        />
        <Problem error={error} />
        <Group justify="flex-end">
          <Button type="submit" loading={isBusy}>
            {text.wait}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
