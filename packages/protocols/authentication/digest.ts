import { createHash } from 'node:crypto';

/** Those that are offered and answered, the strongest first (RFC 7616 §6.1). */
export const DIGEST_ALGORITHMS = ['SHA-256', 'MD5'] as const;
export type DigestAlgorithm = (typeof DIGEST_ALGORITHMS)[number];

const HASHES: Readonly<Record<DigestAlgorithm, string>> = { 'SHA-256': 'sha256', MD5: 'md5' };

/** What a digest is made of. Text that came in a header is Latin-1 of the bytes that it was. */
export interface DigestInput {
  readonly algorithm: DigestAlgorithm;
  readonly user: string;
  readonly password: string;
  readonly realm: string;
  readonly nonce: string;
  readonly method: string;
  readonly uri: string;
  /** With `qop=auth`; without it the digest is that of RFC 2069, which most of RTSP speaks. */
  readonly protection?: { readonly clientNonce: string; readonly count: string } | undefined;
}

/** The `response` of Digest in hexadecimal digits (RFC 7616 §3.4.1). User and password are hashed as UTF-8. */
export function digestResponse(input: DigestInput): string {
  const { algorithm, user, password, realm, nonce, method, uri, protection } = input;
  const secret = hash(algorithm, [bytesOf(user), latin1(realm), bytesOf(password)]);
  const request = hash(algorithm, [latin1(method), latin1(uri)]);
  const middle = protection ? [protection.count, protection.clientNonce, 'auth'] : [];
  return hash(algorithm, [secret, nonce, ...middle, request].map(latin1));
}

export function digestAlgorithm(name: string | undefined): DigestAlgorithm | undefined {
  const wanted = (name ?? 'MD5').toUpperCase();
  return DIGEST_ALGORITHMS.find(algorithm => algorithm === wanted);
}

/** Text of ours as the header text of its UTF-8 bytes. */
export function headerText(text: string): string {
  return bytesOf(text).toString('latin1');
}

/** The text whose UTF-8 bytes a header has. */
export function textOfHeader(text: string): string {
  return latin1(text).toString('utf8');
}

function hash(algorithm: DigestAlgorithm, parts: readonly Buffer[]): string {
  const digest = createHash(HASHES[algorithm]);
  parts.forEach((part, index) => {
    if (index > 0) digest.update(':');
    digest.update(part);
  });
  return digest.digest('hex');
}

function bytesOf(text: string): Buffer {
  return Buffer.from(text, 'utf8');
}

function latin1(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}
