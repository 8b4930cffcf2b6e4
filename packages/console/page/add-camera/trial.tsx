import { Alert, Button, Group, Loader, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconCircleCheck } from '@tabler/icons-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { useStream } from '../api/queries.ts';
import type { Ingest, IngestRequest, StreamDetail } from '../api/types.ts';
import { Copyable } from '../parts/copyable.tsx';
import { trackSummary } from '../parts/format.ts';
import { Problem } from '../parts/problem.tsx';
import { TimeLine } from '../stream/time-line.tsx';
import { useText } from '../text/text.tsx';

interface TrialProps {
  readonly ingest: Ingest;
  readonly request: IngestRequest;
  /** Takes it back and lets the settings be changed. */
  onChange(): Promise<void>;
  onAnother(): void;
  onClose(): void;
}

const LOOK_INTERVAL = 700;

/** What happens after a camera was added, step by step, until there is a picture. */
export function Trial({ ingest, request, onChange, onAnother, onClose }: TrialProps) {
  const text = useText();
  const [, go] = useLocation();
  const [error, setError] = useState<unknown>();
  const { data: stream, error: streamError } = useStream(ingest.stream_id, LOOK_INTERVAL);
  const progress = progressOf(stream);
  const isPublished = request.protocol === 'rtmp' && ingest.publish_url !== undefined;
  const isOnDemand = request.source.rtsp?.on_demand === true;
  const lastError = stream?.ingest?.last_error;
  const isReady = progress.hasPicture;
  const watch = () => {
    onClose();
    go(`/streams/${encodeURIComponent(ingest.stream_id)}`);
  };
  return (
    <Stack gap="md">
      <div className="trial-head" role="status">
        {isReady ? (
          <IconCircleCheck size={28} className="good" />
        ) : lastError ? (
          <IconAlertTriangle size={26} className="bad" />
        ) : (
          <Loader size={24} />
        )}
        <div>
          <Text fw={650}>
            {isReady
              ? text.addCamera.live
              : lastError
                ? text.addCamera.failed
                : isOnDemand
                  ? text.addCamera.onDemandReady
                  : isPublished
                    ? text.addCamera.waitingPublisher
                    : text.addCamera.connecting}
          </Text>
          <Text size="sm" c="dimmed">
            {isReady
              ? trackSummary(stream?.tracks ?? [])
              : lastError
                ? text.addCamera.failedWhy
                : isPublished
                  ? text.addCamera.encoderHint
                  : text.addCamera.connectingWhy}
          </Text>
        </div>
      </div>
      <ol className="trial-steps">
        <Step name={text.addCamera.steps.asked} isDone />
        <Step name={text.addCamera.steps.connected} isDone={progress.isConnected} />
        <Step name={text.addCamera.steps.tracks} isDone={progress.hasTracks} />
        <Step name={text.addCamera.steps.picture} isDone={progress.hasPicture} />
      </ol>
      {lastError && !isReady && (
        <Alert color="red" variant="outline" icon={<IconAlertTriangle />}>
          {lastError}
        </Alert>
      )}
      {isPublished && !isReady && ingest.publish_url && <PublishHelp url={ingest.publish_url} />}
      <Problem error={error ?? streamError} />
      {stream && stream.history.length > 0 && (
        <div className="trial-history">
          <TimeLine entries={stream.history} />
        </div>
      )}
      <Group justify="flex-end">
        {isReady ? (
          <Button variant="default" onClick={onAnother}>
            {text.addCamera.another}
          </Button>
        ) : (
          <>
            <Button variant="default" onClick={() => void onChange().catch(setError)}>
              {text.addCamera.change}
            </Button>
            <Button variant="default" onClick={onClose}>
              {text.addCamera.keep}
            </Button>
          </>
        )}
        {(isReady || isOnDemand) && (
          <Button onClick={watch} data-autofocus>
            {text.addCamera.watch}
          </Button>
        )}
      </Group>
    </Stack>
  );
}

function Step({ name, isDone }: { name: string; isDone: boolean }) {
  return (
    <li data-done={isDone}>
      <span aria-hidden>{isDone && <IconCheck size={14} stroke={3} />}</span>
      {name}
    </li>
  );
}

/** Encoders ask for the server and the name apart. */
function PublishHelp({ url }: { url: string }) {
  const { addCamera: text } = useText();
  const slash = url.lastIndexOf('/');
  return (
    <div className="publish-help">
      <Text size="sm">{text.server}</Text>
      <Copyable value={url.slice(0, slash)} label={text.server} />
      <Text size="sm">{text.key}</Text>
      <Copyable value={url.slice(slash + 1)} label={text.key} />
      <Text size="sm">{text.publishUrl}</Text>
      <Copyable value={url} label={text.publishUrl} />
    </div>
  );
}

function progressOf(stream: StreamDetail | undefined) {
  const hasTracks = (stream?.tracks.length ?? 0) > 0;
  const steps = new Set(stream?.history.map(({ step }) => step));
  const isLive = stream?.state === 'live';
  return {
    isConnected: hasTracks || stream?.publisher !== undefined || stream?.ingest?.state === 'connected',
    hasTracks,
    // Sound alone has no key frame.
    hasPicture:
      isLive &&
      hasTracks &&
      (steps.has('first-key-frame') || !stream.tracks.some(({ kind }) => kind === 'video')),
  };
}
