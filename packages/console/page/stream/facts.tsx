import { useEffect, useState } from 'react';
import type { Connection, StreamDetail } from '../api/types.ts';
import { bitrate, duration } from '../parts/format.ts';
import { State } from '../parts/state.tsx';
import { useText } from '../text/text.tsx';
import './stream.css';

/** Where a stream comes from and how it is doing. */
export function Facts({ stream }: { stream: StreamDetail }) {
  const text = useText();
  const { ingest, publisher, viewers } = stream;
  return (
    <dl className="facts">
      {publisher && (
        <>
          <dt>{text.stream.publisher}</dt>
          <dd>{publisher.peer}</dd>
        </>
      )}
      {ingest?.url && (
        <>
          <dt>{text.stream.pulledFrom}</dt>
          <dd className="mono">{ingest.url}</dd>
        </>
      )}
      {ingest && (
        <>
          <dt>{text.streams.source}</dt>
          <dd>
            <ConnectionState connection={ingest} />
          </dd>
        </>
      )}
      {stream.state !== 'waiting' && (
        <>
          <dt>{text.stream.uptime}</dt>
          <dd>{duration(stream.uptime_seconds, text.units)}</dd>
          <dt>{text.stream.bitrate}</dt>
          <dd>{bitrate(stream.bitrate)}</dd>
        </>
      )}
      <dt>{text.stream.viewers}</dt>
      <dd>
        {viewers.count}
        {viewers.count > 0 && (
          <span className="by-protocol">
            {Object.entries(viewers.by_protocol)
              .map(([protocol, count]) => `${count} ${protocol}`)
              .join(', ')}
          </span>
        )}
      </dd>
    </dl>
  );
}

/** How a connection that the server makes by itself is doing, and when it tries again. */
export function ConnectionState({ connection }: { connection: Connection }) {
  const { stream: text } = useText();
  const { state, attempts, last_error: lastError, next_attempt_at: next } = connection;
  const seconds = useSecondsUntil(next);
  return (
    <>
      <State name={state} />
      {attempts > 1 && <span className="by-protocol">{text.attempt(attempts)}</span>}
      {seconds > 0 && <span className="by-protocol">{text.nextAttempt(seconds)}</span>}
      {lastError && state !== 'connected' && <div className="last-error">{lastError}</div>}
    </>
  );
}

function useSecondsUntil(time: string | undefined): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!time) return;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [time]);
  return time ? Math.max(0, Math.round((Date.parse(time) - now) / 1000)) : 0;
}
