import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { Credentials } from '../../authentication/client.ts';
import type { ProfileLibrary } from '../../camera/library.ts';
import type { Profile } from '../../camera/profile.ts';
import type { LowerTransport } from '../track-transports.ts';
import { parseRtspUrl, type RtspUrl } from '../url.ts';

/** What is pulled, and how. */
export interface PullSource {
  readonly url: RtspUrl;
  /** In the order in which they are tried. */
  readonly transports: readonly LowerTransport[];
  readonly credentials: Credentials | undefined;
  /** Only while somebody wants the stream. */
  readonly isOnDemand: boolean;
  /** Chosen by hand; else it is found by what the camera shows of itself. */
  readonly profile: Profile | undefined;
}

/** What `auto` tries: UDP first, which loses a packet rather than time. */
const AUTOMATIC: readonly LowerTransport[] = ['udp', 'tcp'];
const KEYS = ['url', 'transport', 'username', 'password', 'on_demand', 'profile'];

/**
 * Reads the source of a request: `{url, transport?, username?, password?, on_demand?, profile?}`. A user that is named
 * apart takes the place of the one in the URL. Throws `REQUEST_INVALID` and `URL_INVALID`.
 */
export function parsePullSource(
  source: Readonly<Record<string, unknown>>,
  profiles: ProfileLibrary,
  allowed: readonly LowerTransport[],
): PullSource {
  const unknown = Object.keys(source).find(key => !KEYS.includes(key));
  if (unknown !== undefined) throw invalid(`${unknown} is no key; there are: ${KEYS.join(', ')}.`);
  const text = textOf(source, 'url');
  if (text === undefined) throw invalid('url is missing.');
  const url = parseRtspUrl(text);
  const onDemand = source.on_demand ?? false;
  if (typeof onDemand !== 'boolean') throw invalid('on_demand is true or false.');
  const profile = textOf(source, 'profile');
  return {
    url,
    transports: transportsOf(textOf(source, 'transport') ?? 'auto', url, allowed),
    credentials: credentialsOf(url, textOf(source, 'username'), textOf(source, 'password')),
    isOnDemand: onDemand,
    profile: profile === undefined ? undefined : profiles.named(profile),
  };
}

/** With TLS, media stays in the connection: beside it, it would go in the clear. */
function transportsOf(
  wanted: string,
  { isTls }: RtspUrl,
  allowed: readonly LowerTransport[],
): readonly LowerTransport[] {
  if (wanted !== 'auto' && wanted !== 'tcp' && wanted !== 'udp') {
    throw invalid('transport is "auto", "tcp" or "udp".');
  }
  if (wanted === 'udp' && isTls) throw invalid('rtsps has its media by TCP: transport is "auto" or "tcp".');
  const transports = AUTOMATIC.filter(
    lower =>
      allowed.includes(lower) && (wanted === 'auto' || lower === wanted) && !(isTls && lower === 'udp'),
  );
  if (transports.length > 0) return transports;
  throw invalid(`The configuration allows RTP by ${allowed.join(' and ')} alone.`);
}

function credentialsOf(
  url: RtspUrl,
  username: string | undefined,
  password: string | undefined,
): Credentials | undefined {
  const user = username ?? url.user;
  if (user !== undefined) return { user, password: password ?? url.password ?? '' };
  if (password !== undefined) throw invalid('password stands without username.');
  return undefined;
}

function textOf(source: Readonly<Record<string, unknown>>, key: string): string | undefined {
  const value = source[key];
  if (value === undefined || typeof value === 'string') return value;
  throw invalid(`${key} is a text.`);
}

function invalid(message: string): FluxError {
  return new FluxError('REQUEST_INVALID', `source.rtsp: ${message}`);
}
