import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import { readAmf0 } from '@flux-iot/media/format/amf/amf0';
import type { DataValue } from '@flux-iot/media/model/sample';
import { RtmpConn } from './conn.ts';
import { MESSAGE, type RtmpMessage } from './message.ts';

const CONNECT_TIMEOUT = 10_000;
const DEFAULT_PORT = 1935;
const CHUNK_SIZE = 4096;
const FOURCC_LIST = ['av01', 'vp09', 'hvc1', 'avc1', 'Opus', 'mp4a', '.mp3'];

/** A remote stream's address, taken apart. */
export interface RtmpUrl {
  readonly isTls: boolean;
  readonly host: string;
  readonly port: number;
  readonly app: string;
  /** With its query, for the token that may be in it. */
  readonly name: string;
  /** Without the stream's name. */
  readonly tcUrl: string;
  /** Without user, password and query: to be shown. */
  readonly shown: string;
}

/** Throws `URL_INVALID` for anything but `rtmp[s]://host[:port]/app/name`. */
export function parseRtmpUrl(text: string): RtmpUrl {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const segments = url?.pathname.split('/').filter(segment => segment !== '') ?? [];
  const name = segments.pop();
  if (!url || !/^rtmps?:$/.test(url.protocol) || url.hostname === '' || segments.length === 0 || !name) {
    throw new FluxError(
      'URL_INVALID',
      'The URL must be of the form rtmp://host/app/name or rtmps://host/app/name.',
    );
  }
  const app = segments.join('/');
  if (url.username !== '' || url.password !== '') {
    throw new FluxError(
      'URL_INVALID',
      'RTMP has no user and password in the URL; a token goes into its query.',
    );
  }
  const isTls = url.protocol === 'rtmps:';
  const port = Number(url.port) || (isTls ? 443 : DEFAULT_PORT);
  return {
    isTls,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port,
    app,
    name: decoded(name) + url.search,
    tcUrl: `${url.protocol}//${url.hostname}:${port}/${app}`,
    shown: `${url.protocol}//${url.host}${url.pathname}`,
  };
}

export interface RtmpClientHandlers {
  /** The server agreed: media flows, or may be sent on this message stream. Called within the reading of its answer. */
  onStart(messageStreamId: number): void;
  /** Messages of media, when playing. */
  onMedia(message: RtmpMessage): void;
  onClose(error: FluxError): void;
}

/** A connection to somebody else's RTMP server, to play or to publish one stream. */
export class RtmpClient {
  readonly conn: RtmpConn;
  readonly #url: RtmpUrl;
  readonly #purpose: 'play' | 'publish';
  readonly #handlers: RtmpClientHandlers;
  readonly #timer: NodeJS.Timeout;
  #messageStreamId = 0;
  #started = false;

  constructor(url: RtmpUrl, purpose: 'play' | 'publish', handlers: RtmpClientHandlers) {
    this.#url = url;
    this.#purpose = purpose;
    this.#handlers = handlers;
    const target = { host: url.host, port: url.port };
    const socket: Socket = url.isTls ? connectTls({ ...target, servername: url.host }) : connect(target);
    this.#timer = setTimeout(
      () => this.#fail('TIMED_OUT', `${url.shown} did not answer in time.`),
      CONNECT_TIMEOUT,
    );
    this.conn = new RtmpConn(socket, 'client', {
      onOpen: () => this.#open(),
      onMessage: message => this.#message(message),
      onClose: error => {
        clearTimeout(this.#timer);
        handlers.onClose(error ?? new FluxError('UPSTREAM_FAILED', `${url.shown} closed the connection.`));
      },
    });
  }

  close(): void {
    if (this.#started && this.#purpose === 'publish') {
      this.conn.command(0, ['FCUnpublish', 0, null, this.#url.name]);
      this.conn.command(0, ['deleteStream', 0, null, this.#messageStreamId]);
    }
    clearTimeout(this.#timer);
    this.conn.end();
  }

  #open(): void {
    const { app, tcUrl } = this.#url;
    this.conn.setChunkSize(CHUNK_SIZE);
    const parameters = {
      app,
      tcUrl,
      flashVer: 'FMLE/3.0 (compatible; FLUX)',
      type: 'nonprivate',
      fourCcList: FOURCC_LIST,
    };
    this.conn.command(0, ['connect', 1, parameters]);
  }

  #message(message: RtmpMessage): void {
    if (message.type === MESSAGE.COMMAND_AMF0) this.#command(readAmf0(message.payload));
    else if (message.type === MESSAGE.COMMAND_AMF3) this.#command(readAmf0(message.payload.subarray(1)));
    else if (this.#started) this.#handlers.onMedia(message);
  }

  #command([name, transaction, , information]: DataValue[]): void {
    if (name === '_result' && transaction === 1) {
      if (this.#purpose === 'publish') {
        this.conn.command(0, ['releaseStream', 2, null, this.#url.name]);
        this.conn.command(0, ['FCPublish', 3, null, this.#url.name]);
      }
      this.conn.command(0, ['createStream', 4, null]);
    } else if (name === '_result' && transaction === 4) {
      if (typeof information !== 'number' || information < 1 || information >>> 0 !== information) {
        this.#fail('UPSTREAM_FAILED', `${this.#url.shown} made no message stream.`);
        return;
      }
      this.#messageStreamId = information;
      const values = this.#purpose === 'play' ? [this.#url.name, -2000] : [this.#url.name, 'live'];
      this.conn.command(this.#messageStreamId, [this.#purpose, 5, null, ...values]);
    } else if (name === '_error' && (transaction === 1 || transaction === 4)) {
      this.#fail('UPSTREAM_FAILED', `${this.#url.shown} refused: ${describe(information)}`);
    } else if (name === 'onStatus') {
      this.#status(information);
    }
  }

  #status(information: DataValue): void {
    const { code, level } = (information ?? {}) as Readonly<Record<string, DataValue>>;
    if (level === 'error') {
      this.#fail('UPSTREAM_FAILED', `${this.#url.shown} refused: ${describe(information)}`);
    } else if (code === 'NetStream.Play.Start' || code === 'NetStream.Publish.Start') {
      if (this.#started) return;
      this.#started = true;
      clearTimeout(this.#timer);
      this.conn.trust();
      this.#handlers.onStart(this.#messageStreamId);
    } else if (code === 'NetStream.Play.Stop' || code === 'NetStream.Play.UnpublishNotify') {
      this.#fail('STREAM_ENDED', `${this.#url.shown} is over.`);
    }
  }

  #fail(code: 'UPSTREAM_FAILED' | 'TIMED_OUT' | 'STREAM_ENDED', message: string): void {
    this.conn.destroy(new FluxError(code, message));
  }
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch (cause) {
    throw new FluxError('URL_INVALID', 'The URL has a broken percent-encoding.', { cause });
  }
}

function describe(information: DataValue): string {
  const { code, description } = (information ?? {}) as Readonly<Record<string, DataValue>>;
  return (
    [code, description].filter(part => typeof part === 'string' && part !== '').join(', ') ||
    'no reason given'
  );
}
