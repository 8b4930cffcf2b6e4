import { IconVideo, IconVideoOff } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { api } from '../api/client.ts';
import { useAccess } from '../api/session.tsx';
import { useText } from '../text/text.tsx';

/** Milliseconds for which a small picture is good enough. */
const FRESH = 30_000;

/** A small still picture of a stream; a sign where there is none. Lists show these instead of live pictures. */
export function Thumbnail({ streamId, isLive }: { streamId: string; isLive: boolean }) {
  const text = useText();
  const hasSnapshots = useAccess().has('/streams/{stream_id}/snapshot');
  const [turn, setTurn] = useState(() => Math.floor(Date.now() / FRESH));
  const [failed, setFailed] = useState(-1);
  useEffect(() => {
    if (!hasSnapshots || !isLive) return;
    const timer = setInterval(() => setTurn(Math.floor(Date.now() / FRESH)), FRESH);
    return () => clearInterval(timer);
  }, [hasSnapshots, isLive]);
  const Sign = isLive ? IconVideo : IconVideoOff;
  return (
    <div className="thumbnail" data-live={isLive}>
      {hasSnapshots && failed !== turn ? (
        <img
          src={api.snapshotUrl(streamId, 160, turn, !isLive)}
          alt={text.player.picture(streamId)}
          loading="lazy"
          decoding="async"
          onError={() => setFailed(turn)}
        />
      ) : (
        <Sign size={22} stroke={1.4} aria-hidden />
      )}
    </div>
  );
}
