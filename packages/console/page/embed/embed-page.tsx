import { useEffect } from 'react';
import { useSearchParams } from 'wouter';
import type { Format } from '../player/formats.ts';
import { Player } from '../player/player.tsx';
import { useText } from '../text/text.tsx';
import './embed.css';

/**
 * The player alone, for the pages of other sites: `/embed/{id}?token=…`. It asks nothing of the API, for whoever has
 * the link may have no account; the media port is told by a redirect.
 */
export function EmbedPage({ streamId }: { streamId: string }) {
  const { player } = useText();
  const [search] = useSearchParams();
  // A WebSocket is not redirected.
  const format = search.get('format') === 'hls' ? 'hls' : 'flv';
  useEffect(() => {
    document.title = streamId;
  }, [streamId]);
  return (
    <main className="embed">
      <Player
        label={player.picture(streamId)}
        format={format}
        url={mediaUrl(streamId, format, search.get('token'))}
        startsWithSound={search.get('sound') === '1'}
      />
    </main>
  );
}

function mediaUrl(streamId: string, format: Format, token: string | null): string {
  const id = encodeURIComponent(streamId);
  const path = format === 'hls' ? `/hls/${id}/index.m3u8` : `/flv/${id}.flv`;
  const url = new URL(path, location.origin);
  if (token) url.searchParams.set('token', token);
  return url.href;
}
