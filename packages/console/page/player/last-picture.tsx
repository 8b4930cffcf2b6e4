import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { client, take } from '../api/client.ts';
import { useAccess } from '../api/session.tsx';
import { duration } from '../parts/format.ts';
import { useText } from '../text/text.tsx';

interface LastPictureProps {
  readonly streamId: string;
  readonly width: number;
}

/** Milliseconds between two looks at the clock. */
const TICK = 1000;

/** The last picture that the server has of a stream that is not there, and how old it is; nothing where it has none. */
export function LastPicture({ streamId, width }: LastPictureProps) {
  const text = useText();
  const isOffered = useAccess().has('/streams/{stream_id}/snapshot');
  const { data } = useQuery({
    queryKey: ['last-picture', streamId, width],
    queryFn: () => lastPicture(streamId, width),
    enabled: isOffered,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    if (!data) return;
    const made = URL.createObjectURL(data.picture);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [data]);
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK);
    return () => clearInterval(timer);
  }, []);
  if (!data || !url) return null;
  const age = duration((now - data.takenAt) / 1000, text.units);
  return (
    <div className="last-picture">
      <img src={url} alt={text.player.picture(streamId)} />
      <span>{text.diagnosis.lastPicture(age)}</span>
    </div>
  );
}

async function lastPicture(streamId: string, width: number) {
  const asked = client.GET('/api/v1/streams/{stream_id}/snapshot', {
    params: { path: { stream_id: streamId }, query: { width, allow_stale: true } },
    parseAs: 'blob',
  });
  const picture = await take(asked);
  const time = (await asked).response.headers.get('X-Snapshot-Time');
  return { picture, takenAt: time === null ? Date.now() : Date.parse(time) };
}
