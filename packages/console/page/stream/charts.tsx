import { Paper, SimpleGrid } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api } from '../api/client.ts';
import { Chart } from '../charts/chart.tsx';
import { useSamples } from '../charts/samples.ts';
import { bitrate } from '../parts/format.ts';
import { useText } from '../text/text.tsx';

const LOOK_INTERVAL = 1000;
const frames = (value: number) => `${Math.round(value * 10) / 10} fps`;

/** Bit rate and frame rate of a stream since its page is open. */
export function Charts({ streamId }: { streamId: string }) {
  const { stream: text } = useText();
  const { data, dataUpdatedAt } = useQuery({
    queryKey: ['stats', streamId],
    queryFn: () => api.stats(streamId),
    refetchInterval: LOOK_INTERVAL,
  });
  const sample = useMemo(() => {
    if (!data) return undefined;
    const video = data.tracks.find(({ kind }) => kind === 'video');
    const audio = data.tracks.find(({ kind }) => kind === 'audio');
    return {
      video: video?.bitrate ?? 0,
      audio: audio?.bitrate ?? 0,
      frameRate: video?.frame_rate ?? 0,
    };
  }, [data]);
  const { times, values } = useSamples(dataUpdatedAt, sample);
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="sm">
      <Paper>
        <Chart
          label={text.bitrate}
          times={times}
          format={bitrate}
          lines={[
            { label: text.video, values: values.video ?? [] },
            { label: text.audio, values: values.audio ?? [] },
          ]}
        />
      </Paper>
      <Paper>
        <Chart
          label={text.frameRate}
          times={times}
          format={frames}
          lines={[{ label: text.frameRate, values: values.frameRate ?? [] }]}
        />
      </Paper>
    </SimpleGrid>
  );
}
