import { ActionIcon, Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api } from '../api/client.ts';
import { useAccess } from '../api/session.tsx';
import type { StreamDetail } from '../api/types.ts';
import { useAsk } from '../parts/confirm.tsx';
import { Problem } from '../parts/problem.tsx';
import { useText } from '../text/text.tsx';
import { ConnectionState } from './facts.tsx';

/** Where a stream is sent on to. */
export function Pushes({ stream }: { stream: StreamDetail }) {
  const { stream: text, common } = useText();
  const { may } = useAccess();
  const ask = useAsk();
  const queries = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const id = stream.stream_id;
  const refresh = () => queries.invalidateQueries({ queryKey: ['stream', id] });
  const remove = (push: string, url: string) =>
    ask({
      title: text.stopPushTitle,
      why: text.stopPushWhy(url),
      action: text.stop,
      act: async () => {
        await api.removePush(id, push);
        await refresh();
      },
    });
  return (
    <Stack gap="sm">
      {stream.pushes.length === 0 && <Text c="dimmed">{text.noPushes}</Text>}
      {stream.pushes.map(push => (
        <div className="push" key={push.id}>
          <div>
            <span className="mono">{push.url}</span>
            <div>
              <ConnectionState connection={push} />
            </div>
          </div>
          {may('operator') && (
            <ActionIcon
              variant="subtle"
              color="red.8"
              aria-label={`${common.remove}: ${push.url}`}
              onClick={() => remove(push.id, push.url)}
            >
              <IconTrash size={18} />
            </ActionIcon>
          )}
        </div>
      ))}
      {may('operator') && (
        <Button variant="default" onClick={() => setOpen(true)} className="more">
          {text.pushTitle}
        </Button>
      )}
      <PushDialog streamId={id} isOpen={isOpen} onClose={() => setOpen(false)} onDone={refresh} />
    </Stack>
  );
}

interface PushDialogProps {
  readonly streamId: string;
  readonly isOpen: boolean;
  onClose(): void;
  onDone(): Promise<void>;
}

function PushDialog({ streamId, isOpen, onClose, onDone }: PushDialogProps) {
  const { stream: text, common } = useText();
  const [url, setUrl] = useState('');
  const adding = useMutation({
    mutationFn: () => api.push(streamId, url),
    onSuccess: async () => {
      await onDone();
      setUrl('');
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    adding.mutate();
  };
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={text.pushTitle}
      closeButtonProps={{ 'aria-label': common.close }}
    >
      <form onSubmit={submit}>
        <Stack>
          <Text size="sm" c="dimmed">
            {text.pushWhy}
          </Text>
          <TextInput
            label={text.pushUrl}
            placeholder="rtmp://example.com/live/name"
            required
            data-autofocus
            spellCheck={false}
            value={url}
            onChange={event => setUrl(event.currentTarget.value.trim())}
          />
          <Problem error={adding.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {common.cancel}
            </Button>
            <Button type="submit" loading={adding.isPending}>
              {text.push}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
