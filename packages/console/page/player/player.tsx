import { Button } from '@mantine/core';
import {
  type Icon,
  IconAlertTriangle,
  IconHourglass,
  IconLock,
  IconPlugConnectedX,
  IconTransform,
  IconVideoOff,
  IconVolume,
  IconZzz,
} from '@tabler/icons-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { ApiError } from '../api/client.ts';
import type { Connection, StreamState, Track } from '../api/types.ts';
import { codec } from '../parts/format.ts';
import { wordsOf } from '../parts/problem.tsx';
import { useText } from '../text/text.tsx';
import { convertedUrl, type Format, isPlayable } from './formats.ts';
import './player.css';
import type { PlaybackSource } from './playback.ts';
import { type Phase, usePlayback } from './use-playback.ts';

export interface PlayedStream {
  readonly state: StreamState;
  readonly tracks: readonly Track[];
  readonly ingest?:
    | (Pick<Connection, 'state' | 'last_error'> & { readonly publish_url?: string })
    | undefined;
}

export interface PlayerProps {
  readonly label: string;
  readonly format: Format;
  readonly url: string | undefined;
  /** What the stream is known to be; undefined where nobody said, as in an embedded player. */
  readonly stream?: PlayedStream | undefined;
  /** Pauses, without a connection, while it is not. */
  readonly isSeen?: boolean;
  readonly isSmall?: boolean;
  readonly startsWithSound?: boolean;
  /** How a recording is played; undefined: what is seen is live. */
  readonly playback?: { readonly speed: number; readonly isPaused: boolean };
  /** What is shown while there is no picture, behind the words that say why. */
  readonly behind?: ReactNode;
  readonly onDelay?: (seconds: number | undefined) => void;
}

/** Milliseconds between two looks at how far behind the picture is. */
const DELAY_INTERVAL = 500;
const HAS_PICTURE = new Set<StreamState>(['live', 'discovering', 'interrupted']);

/** A video element with what it plays, and a picture for every state in which it does not. */
export function Player(props: PlayerProps) {
  const { label, format, url, stream, isSeen = true, isSmall, startsWithSound, onDelay } = props;
  const { playback, behind } = props;
  const video = useRef<HTMLVideoElement>(null);
  const [isMuted, setMuted] = useState(!startsWithSound);
  const playable = stream?.tracks.filter(isPlayable);
  const hasPicture = stream !== undefined && HAS_PICTURE.has(stream.state) && stream.tracks.length > 0;
  const isThere = stream === undefined || hasPicture || isFetched(stream);
  const cannotPlay = hasPicture && lacksPicture(stream.tracks);
  const [isConverted, setConverted] = useState(false);
  const converted: PlaybackSource | undefined =
    cannotPlay && isConverted && url ? { url: convertedUrl(url) } : undefined;
  const isMissed = cannotPlay && !converted;
  const source =
    (isSeen ? converted : undefined) ??
    (url && isSeen && isThere && !cannotPlay
      ? {
          url,
          hasVideo: hasPicture ? playable?.some(({ kind }) => kind === 'video') : undefined,
          hasAudio: hasPicture ? playable?.some(({ kind }) => kind === 'audio') : undefined,
          isRecording: playback !== undefined,
        }
      : undefined);
  const { phase, delay } = usePlayback(video, format, source);

  useEffect(() => {
    if (!onDelay) return;
    const timer = setInterval(() => onDelay(delay()), DELAY_INTERVAL);
    return () => clearInterval(timer);
  });

  // Media of a recording comes as fast as it is to be played.
  const rate = playback?.speed ?? 1;
  useEffect(() => {
    if (phase.name === 'playing' && video.current) video.current.playbackRate = rate;
  }, [phase.name, rate]);

  const unmute = () => {
    const element = video.current;
    if (!element) return;
    element.muted = false;
    if (element.volume === 0) element.volume = 1;
  };
  const hasSound = phase.name === 'playing' && (stream === undefined || converted || source?.hasAudio);
  return (
    <div className="player" data-small={isSmall} data-phase={phase.name}>
      <video
        ref={video}
        aria-label={label}
        autoPlay
        playsInline
        controls={!isSmall && (phase.name === 'playing' || phase.name === 'buffering')}
        muted={isMuted}
        onVolumeChange={event => setMuted(event.currentTarget.muted)}
      />
      {phase.name !== 'playing' && behind}
      {!(playback?.isPaused && phase.name === 'buffering') && (
        <Picture
          phase={phase}
          stream={stream}
          cannotPlay={isMissed}
          isSeen={isSeen}
          isSmall={isSmall}
          onConvert={() => setConverted(true)}
        />
      )}
      {hasSound && isMuted && !isSmall && <UnmuteButton onClick={unmute} />}
    </div>
  );
}

function UnmuteButton({ onClick }: { onClick: () => void }) {
  return (
    <Button
      className="unmute"
      size="xs"
      color="dark"
      leftSection={<IconVolume size={16} />}
      onClick={onClick}
    >
      {useText().player.unmute}
    </Button>
  );
}

/** Whether the server fetches it for the first who wants to see it: somebody has to ask. */
function isFetched({ state, ingest }: PlayedStream): boolean {
  if (state !== 'waiting' || !ingest || ingest.publish_url !== undefined) return false;
  return ingest.state === 'waiting' || ingest.state === 'connecting' || ingest.state === 'connected';
}

/** Whether the pictures, or where there are none the sound, are of a codec that this browser lacks. */
function lacksPicture(tracks: readonly Track[]): boolean {
  const pictures = tracks.filter(({ kind }) => kind === 'video');
  return !(pictures.length > 0 ? pictures : tracks).some(isPlayable);
}

interface PictureProps {
  readonly phase: Phase;
  readonly stream: PlayerProps['stream'];
  readonly cannotPlay: boolean;
  readonly isSeen: boolean;
  readonly isSmall: boolean | undefined;
  readonly onConvert: () => void;
}

function Picture({ phase, stream, cannotPlay, isSeen, isSmall, onConvert }: PictureProps) {
  const text = useText();
  const { player } = text;
  const show = (icon: Icon, title: string, why?: ReactNode, action?: ReactNode) => (
    <Overlay
      icon={icon}
      title={title}
      why={isSmall ? undefined : why}
      action={isSmall ? undefined : action}
    />
  );
  if (phase.name === 'playing') return null;
  if (cannotPlay) {
    const lacking = stream?.tracks.filter(track => !isPlayable(track)) ?? [];
    const names = [...new Set(lacking.map(codec))].join(', ');
    const offer = (
      <Button size="xs" leftSection={<IconTransform size={16} />} onClick={onConvert}>
        {player.convert}
      </Button>
    );
    return show(IconVideoOff, player.codec, player.codecWhy(names), offer);
  }
  if (stream?.state === 'waiting')
    return show(IconHourglass, player.waiting, stream.ingest?.last_error ?? player.waitingWhy);
  if (stream?.state === 'ended') return show(IconZzz, player.offline, player.offlineWhy);
  if (stream?.state === 'interrupted')
    return show(IconPlugConnectedX, player.interrupted, player.interruptedWhy);
  if (!isSeen) return show(IconZzz, player.paused);
  if (phase.name === 'over') return show(IconZzz, player.over, player.offlineWhy);
  if (phase.name === 'failed') {
    const { error } = phase;
    if (error === 'unsupported') return show(IconVideoOff, player.unsupported);
    const status = error instanceof ApiError ? error.status : undefined;
    if (status === 401 || status === 403) return show(IconLock, player.notAllowed, player.notAllowedWhy);
    if (status === 404) return show(IconZzz, player.offline, player.offlineWhy);
    const words = error instanceof ApiError && error.status === 0 ? player.noMedia : wordsOf(error, text);
    return show(IconAlertTriangle, player.failed, `${words} ${player.retrying}`);
  }
  return <Overlay title={phase.name === 'buffering' ? player.buffering : player.opening} isBusy />;
}

function Overlay({
  icon: Sign,
  title,
  why,
  action,
  isBusy,
}: {
  icon?: Icon;
  title: string;
  why?: ReactNode;
  action?: ReactNode;
  isBusy?: boolean;
}) {
  return (
    <div className="overlay" role="status">
      {isBusy && <span className="spinner" aria-hidden />}
      {Sign && <Sign size={40} stroke={1.3} aria-hidden />}
      <strong>{title}</strong>
      {why && <span>{why}</span>}
      {action}
    </div>
  );
}
