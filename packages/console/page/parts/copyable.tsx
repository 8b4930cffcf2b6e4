import { ActionIcon, CopyButton, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useText } from '../text/text.tsx';

interface CopyableProps {
  readonly value: string;
  readonly label?: string;
  readonly isCode?: boolean;
}

/** Something that people take elsewhere: an address, a key, a snippet. */
export function Copyable({ value, label, isCode }: CopyableProps) {
  const { common } = useText();
  return (
    <div className="copyable">
      {isCode ? <pre className="mono">{value}</pre> : <span className="mono">{value}</span>}
      <CopyButton value={value}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? common.copied : common.copy}>
            <ActionIcon
              variant="subtle"
              color={copied ? 'teal' : 'gray'}
              onClick={copy}
              aria-label={`${copied ? common.copied : common.copy}: ${label ?? value}`}
            >
              {copied ? <IconCheck size={18} /> : <IconCopy size={18} />}
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
    </div>
  );
}
