import { isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import { plainAddress } from '@flux-iot/core/socket/plain-address';
import type { SocketIntake } from '@flux-iot/core/socket/socket-intake';
import { Authenticator, type Credentials } from '../../authentication/client.ts';
import { parseAuthentication } from '../../authentication/header.ts';
import type { ProfileLibrary } from '../../camera/library.ts';
import type { CameraTraits, Profile } from '../../camera/profile.ts';
import type { Quirks } from '../../camera/quirks.ts';
import { type Fields, RtspConn } from '../conn.ts';
import { parseSession, type SessionHeader } from '../headers/session.ts';
import { NO_BODY, type RtspRequest, type RtspResponse } from '../message.ts';
import type { RtspUrl } from '../url.ts';
import { PullError } from './failure.ts';

export interface RtspClientOptions {
  readonly url: RtspUrl;
  readonly credentials: Credentials | undefined;
  /** Chosen by hand. */
  readonly profile: Profile | undefined;
  readonly profiles: ProfileLibrary;
  /** Whether the certificate of an `rtsps` server has to be a valid one. */
  readonly verifyTls: boolean;
  readonly intake: SocketIntake;
  readonly onRead: () => void;
  /** `payload` is valid during the call alone. */
  readonly onInterleaved: (channel: number, payload: Buffer) => void;
  readonly onSkipped: (bytes: number) => void;
  /** Once. */
  readonly onClose: (error: FluxError) => void;
}

const USER_AGENT = 'FLUX';
const TEARDOWN_TIMEOUT = 1000;
/** What a server may ask of a client; nothing is ever told it. */
const ANSWERED = new Set(['OPTIONS', 'GET_PARAMETER', 'SET_PARAMETER', 'ANNOUNCE']);
const FAREWELLS = new Set(['TEARDOWN', 'REDIRECT']);

/**
 * The client's side of one connection: says who it is, remembers its session, finds out what camera it talks to. It
 * knows no media.
 */
export class RtspClient {
  readonly #options: RtspClientOptions;
  readonly #conn: RtspConn;
  #traits: CameraTraits = {};
  #profile: Profile;
  #authenticator: Authenticator | undefined;
  #session: SessionHeader | undefined;

  constructor(options: RtspClientOptions) {
    const { url, profile, profiles, onRead, onInterleaved, onSkipped, onClose } = options;
    this.#options = options;
    this.#profile = profile ?? profiles.match({});
    this.#conn = new RtspConn(onBytes => this.#connect(onBytes), 'client', {
      onRead,
      onRequest: request => this.#answer(request),
      onInterleaved,
      onSkipped,
      onClose: error =>
        onClose(error ?? new FluxError('UPSTREAM_FAILED', `${url.shown} closed the connection.`)),
    });
    // Whether there is still media is looked at where media is known.
    this.#conn.setIdleTimeout(0);
  }

  get profile(): Profile {
    return this.#profile;
  }

  get quirks(): Quirks {
    return this.#profile.quirks;
  }

  /** Known once it is connected. */
  get address(): string {
    return plainAddress(this.#conn.socket.remoteAddress ?? '');
  }

  /** Whether there is something to say goodbye to. */
  get hasSession(): boolean {
    return this.#session !== undefined;
  }

  /** Seconds after which the camera ends the session without a sign of life, if it says so. */
  get sessionTimeout(): number | undefined {
    return this.#session?.timeout;
  }

  /**
   * Asks, with name and password where they are wanted; an answer of any other status than 401 is one. Rejects with a
   * `PullError` of the kind `refused`, with `TIMED_OUT`, or with what ended the connection.
   */
  async request(method: string, uri: string, fields: Fields = {}, timeout?: number): Promise<RtspResponse> {
    for (;;) {
      const own = {
        'User-Agent': this.quirks.user_agent || USER_AGENT,
        Session: this.#session?.id,
        Authorization: this.#authenticator?.authorize(method, uri),
      };
      const response = await this.#conn.request(method, uri, { ...own, ...fields }, NO_BODY, timeout);
      this.#learn({ server: response.headers.get('Server') });
      this.#session ??= parseSession(response.headers.get('Session'));
      if (response.status !== 401) {
        this.#authenticator?.accepted();
        return response;
      }
      this.#challenge(response);
    }
  }

  /** What to throw for an answer that was not wanted. */
  refusal(method: string, { status, reason }: RtspResponse): FluxError {
    const text = `${this.#options.url.shown} answers ${method} with ${status} ${reason}`.trim();
    return new FluxError('UPSTREAM_FAILED', `${text}.`, { context: { status } });
  }

  /** `a=tool` of the session description tells cameras apart, too. */
  learnTool(tool: string | undefined): void {
    this.#learn({ tool });
  }

  expectChannels(channels: Iterable<number>): void {
    this.#conn.expectChannels(channels);
  }

  sendInterleaved(channel: number, payload: Buffer): void {
    this.#conn.sendInterleaved(channel, payload);
  }

  destroy(error: FluxError): void {
    this.#conn.destroy(error);
  }

  /** Ends the session, politely; resolves when the camera has said that it is over, or a second later. */
  async close(uri: string): Promise<void> {
    if (this.#conn.closed) return;
    if (this.#session) await this.request('TEARDOWN', uri, {}, TEARDOWN_TIMEOUT).catch(() => {});
    this.#conn.end();
  }

  #connect(onBytes: (bytes: Buffer) => void): Socket {
    const { url, verifyTls, intake } = this.#options;
    const target = { host: url.host, port: url.port };
    if (!url.isTls) return intake.connect(target, onBytes);
    const servername = isIP(url.host) === 0 ? url.host : '';
    return connectTls({ ...target, servername, rejectUnauthorized: verifyTls }).on('data', onBytes);
  }

  #learn(traits: CameraTraits): void {
    const { profile, profiles } = this.#options;
    for (const [name, value] of Object.entries(traits))
      if (value) this.#traits = { ...this.#traits, [name]: value };
    this.#profile = profile ?? profiles.match(this.#traits);
  }

  /** Prepares the answer to a challenge. Throws a `PullError` of the kind `refused` where there is none. */
  #challenge(response: RtspResponse): void {
    const { credentials, url } = this.#options;
    const values = response.headers.all('WWW-Authenticate');
    const named = parseAuthentication(values).find(({ parameters }) => parameters.has('realm'));
    this.#learn({ realm: named?.parameters.get('realm') });
    if (!credentials) throw new PullError('refused', `${url.shown} wants a user name and a password.`);
    const { authentication } = this.quirks;
    const only = authentication === 'any' ? undefined : authentication;
    this.#authenticator ??= new Authenticator(credentials, only);
    if (!this.#authenticator.challenge(values))
      throw new PullError('refused', `${url.shown} does not accept the user name and the password.`);
  }

  #answer(request: RtspRequest): void {
    const { method } = request;
    const isFarewell = FAREWELLS.has(method);
    this.#conn.respond(request, isFarewell || ANSWERED.has(method) ? 200 : 501);
    if (isFarewell)
      this.#conn.destroy(new FluxError('UPSTREAM_FAILED', `${this.#options.url.shown} ended the session.`));
  }
}
