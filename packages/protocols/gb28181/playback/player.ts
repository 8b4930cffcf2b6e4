import type { PlaybackAction } from '@flux-iot/core/control/gb28181-control';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { Ingest, IngestStatus } from '@flux-iot/core/orchestrator/protocol-adapter';
import { StreamHistory } from '@flux-iot/core/stream/history';
import type { EndReason } from '@flux-iot/core/stream/sink';
import type { StreamId } from '@flux-iot/core/stream/stream-id';
import { type LiveEnvironment, MediaSession } from '../live/session.ts';
import type { ChannelSource } from '../live/source.ts';
import { MANSRTSP_TYPE, writeMansrtsp } from './mansrtsp.ts';

const FINISHED: EndReason = { code: 'unpublished', message: 'The recording is over.' };
const STOPPED: EndReason = { code: 'stopped', message: 'Stopped by request.' };

/** Brings a recording of a channel once, as a stream like any other: played at its pace, or downloaded. */
export class RecordingPlayer implements Ingest {
  readonly protocol = 'gb28181';
  readonly streamId: StreamId;
  readonly sourceUrl: string;
  readonly history = new StreamHistory();
  readonly #session: MediaSession;
  #state: IngestStatus['state'] = 'connecting';
  #lastError: string | undefined;
  #sequence = 0;

  constructor(
    streamId: StreamId,
    source: ChannelSource & { readonly recording: NonNullable<ChannelSource['recording']> },
    environment: LiveEnvironment,
  ) {
    const { deviceId, channelId, transport, recording } = source;
    this.streamId = streamId;
    this.sourceUrl = `gb28181://${deviceId}/${channelId}`;
    const { history } = this;
    this.#session = new MediaSession({
      ...{ environment, streamId, deviceId, channelId, transport, history },
      wanted: {
        purpose: recording.speed === undefined ? 'Playback' : 'Download',
        from: Math.floor(recording.from / 1000),
        to: Math.ceil(recording.to / 1000),
        downloadSpeed: recording.speed,
      },
      onLost: error => this.#end('closed', error.message, { code: 'unpublished', message: error.message }),
      onRevoked: reason => this.#end('closed', undefined, reason),
    });
    void this.#run();
  }

  get status(): IngestStatus {
    return { state: this.#state, attempts: 1, lastError: this.#lastError };
  }

  /** Throws `NOT_READY`, `DEVICE_REFUSED`, `TIMED_OUT`, `REQUEST_INVALID`. */
  async control(action: PlaybackAction): Promise<void> {
    if (action.action === 'stop') {
      this.close(STOPPED);
      return;
    }
    this.#sequence++;
    const body = writeMansrtsp(action, this.#sequence);
    const { invitation } = this.#session;
    if (!invitation) throw new FluxError('NOT_READY', 'The device has not accepted the playback.');
    await invitation.tell('INFO', MANSRTSP_TYPE, body);
    this.#session.expectSilence(action.action === 'pause');
    this.history.note(`playback-${action.action}`);
  }

  /** The device says that there is no more (MediaStatus 121, §9.8.2), in a message that names the session by Call-ID alone. */
  finished(callId: string | undefined): boolean {
    if (callId === undefined || this.#session.invitation?.callId !== callId) return false;
    this.history.note('playback-finished');
    this.#end('closed', undefined, FINISHED);
    return true;
  }

  /** Of this device and channel: devices that send the end outside the session. */
  isOf(deviceId: string, channelId: string): boolean {
    return this.sourceUrl === `gb28181://${deviceId}/${channelId}` && this.#state === 'connected';
  }

  /** The recording is over. */
  finish(): void {
    this.history.note('playback-finished');
    this.#end('closed', undefined, FINISHED);
  }

  close(reason: EndReason): void {
    this.#end('closed', undefined, reason);
  }

  async #run(): Promise<void> {
    try {
      const { fileSize } = await this.#session.run();
      if (this.#state !== 'connecting') return;
      this.#state = 'connected';
      if (fileSize !== undefined) this.history.note('download-size', `${fileSize} bytes`);
    } catch (cause) {
      const { message } = FluxError.from(cause);
      this.#end('closed', message, { code: 'publisher-lost', message });
    }
  }

  #end(state: IngestStatus['state'], error: string | undefined, reason: EndReason): void {
    if (this.#state === 'closed') return;
    this.#state = state;
    this.#lastError = error;
    this.#session.close(reason);
  }
}
