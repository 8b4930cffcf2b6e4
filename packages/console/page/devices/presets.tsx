import { ActionIcon, Button, Group, Loader, NumberInput, Text } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Gb28181Preset } from '../api/types.ts';
import { useAsk } from '../parts/confirm.tsx';
import { Problem } from '../parts/problem.tsx';
import { useText } from '../text/text.tsx';
import { sendOrder, usePresets } from './queries.ts';

interface PresetsProps {
  readonly deviceId: string;
  readonly channelId: string;
}

/** GB/T 28181 A.3.4. */
const MAX_NUMBER = 255;

/** The views that a camera keeps: to turn to one, to keep the one at hand under a number, to forget one. */
export function Presets({ deviceId, channelId }: PresetsProps) {
  const { presets: words, common } = useText();
  const queries = useQueryClient();
  const ask = useAsk();
  const { data, error, isFetching, refetch } = usePresets(deviceId, channelId);
  const [number, setNumber] = useState(1);
  const order = async (action: 'set' | 'call' | 'remove', preset: number) => {
    await sendOrder(deviceId, channelId, { order: 'preset', action, preset });
    if (action !== 'call') await queries.invalidateQueries({ queryKey: ['presets', deviceId, channelId] });
  };
  const calling = useMutation({ mutationFn: (preset: number) => order('call', preset) });
  const nameOf = (preset: Gb28181Preset) => preset.name || words.number(preset.number);
  const keep = () => {
    const before = data?.find(preset => preset.number === number);
    ask({
      title: words.setTitle(number),
      why: before ? words.setOverWhy(nameOf(before)) : words.setWhy,
      action: words.set,
      act: () => order('set', number),
    });
  };
  const remove = (preset: Gb28181Preset) =>
    ask({
      title: words.removeTitle(nameOf(preset)),
      why: words.removeWhy,
      action: common.remove,
      act: () => order('remove', preset.number),
    });
  return (
    <section aria-label={words.title}>
      <h3 className="section">
        {words.title} {isFetching && <Loader size={14} aria-label={common.loading} role="status" />}
      </h3>
      {error && <Problem error={error} onRetry={() => void refetch()} />}
      {data?.length === 0 && (
        <Text size="sm" c="dimmed" mb="xs">
          {words.none}
        </Text>
      )}
      <ul className="presets">
        {data?.map(preset => (
          <li key={preset.number}>
            <span className="preset-number" aria-hidden>
              {preset.number}
            </span>
            <Button
              variant="subtle"
              size="compact-sm"
              justify="flex-start"
              aria-label={`${words.call}: ${nameOf(preset)}`}
              onClick={() => calling.mutate(preset.number)}
            >
              {nameOf(preset)}
            </Button>
            <ActionIcon
              variant="subtle"
              color="red.8"
              aria-label={`${common.remove}: ${nameOf(preset)}`}
              onClick={() => remove(preset)}
            >
              <IconTrash size={16} />
            </ActionIcon>
          </li>
        ))}
      </ul>
      <Group gap="xs" align="end">
        <NumberInput
          label={words.one}
          w={80}
          min={1}
          max={MAX_NUMBER}
          clampBehavior="strict"
          allowDecimal={false}
          value={number}
          onChange={value => typeof value === 'number' && setNumber(value)}
        />
        <Button variant="default" loading={calling.isPending} onClick={() => calling.mutate(number)}>
          {words.call}
        </Button>
        <Button variant="default" onClick={keep}>
          {words.set}
        </Button>
      </Group>
      <Problem error={calling.error} />
    </section>
  );
}
