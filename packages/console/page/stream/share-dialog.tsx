import { Button, Group, Modal, Select, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../api/client.ts';
import { useAccess } from '../api/session.tsx';
import { Copyable } from '../parts/copyable.tsx';
import { Problem } from '../parts/problem.tsx';
import { useLanguage } from '../text/text.tsx';

interface ShareDialogProps {
  readonly streamId: string;
  readonly isOpen: boolean;
  onClose(): void;
}

const HOUR = 3600;

/** Makes a link to this one stream, that expires where the server asks for permission, and a snippet for a page. */
export function ShareDialog({ streamId, isOpen, onClose }: ShareDialogProps) {
  const { text, tag } = useLanguage();
  const { stream: words, durations, common } = text;
  const hasTokens = useAccess().has('/streams/{stream_id}/tokens');
  const [seconds, setSeconds] = useState(String(24 * HOUR));
  const making = useMutation({ mutationFn: () => api.playToken(streamId, Number(seconds)) });
  const token = making.data?.token;
  const link = `${location.origin}/embed/${encodeURIComponent(streamId)}${token ? `?token=${encodeURIComponent(token)}` : ''}`;
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={words.shareTitle}
      size="lg"
      closeButtonProps={{ 'aria-label': common.close }}
    >
      <Stack>
        <Text size="sm" c="dimmed">
          {hasTokens ? words.shareWhy : words.openLink}
        </Text>
        {hasTokens && (
          <Group align="end">
            <Select
              label={words.shareFor}
              value={seconds}
              onChange={value => setSeconds(value ?? String(HOUR))}
              data={[
                { value: String(HOUR), label: durations.hour },
                { value: String(24 * HOUR), label: durations.day },
                { value: String(7 * 24 * HOUR), label: durations.week },
              ]}
            />
            <Button onClick={() => making.mutate()} loading={making.isPending}>
              {words.makeLink}
            </Button>
          </Group>
        )}
        <Problem error={making.error} />
        {(!hasTokens || token) && (
          <>
            <div>
              <Text size="sm" fw={600} mb={4}>
                {words.link}
              </Text>
              <Copyable value={link} label={words.link} />
              {making.data && (
                <Text size="sm" c="dimmed" mt={4}>
                  {words.expires(
                    new Intl.DateTimeFormat(tag, { dateStyle: 'medium', timeStyle: 'short' }).format(
                      new Date(making.data.expires_at),
                    ),
                  )}
                </Text>
              )}
            </div>
            <div>
              <Text size="sm" fw={600} mb={4}>
                {words.snippet}
              </Text>
              <Copyable value={snippetOf(link)} label={words.snippet} isCode />
            </div>
          </>
        )}
      </Stack>
    </Modal>
  );
}

function snippetOf(link: string): string {
  return `<iframe src="${link}" width="640" height="360"\n  allow="autoplay; fullscreen" style="border: 0"></iframe>`;
}
