import { Button, Stack, Text } from '@mantine/core';
import { Link } from 'wouter';
import { useAccess } from '../api/session.tsx';
import { useText } from '../text/text.tsx';

/** GB28181 devices come by themselves; here it is said how, and where they are found then. */
export function GbHelp({ onClose }: { onClose: () => void }) {
  const { addCamera: text } = useText();
  const isOffered = useAccess().has('/gb28181/devices');
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        {isOffered ? text.gbWhy : text.gbNotOffered}
      </Text>
      {isOffered && (
        <Button component={Link} href="/devices" onClick={onClose} ml="auto">
          {text.toDevices}
        </Button>
      )}
    </Stack>
  );
}
