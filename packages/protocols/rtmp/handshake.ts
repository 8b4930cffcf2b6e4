import { createHmac, randomBytes } from 'node:crypto';
import { ParseError } from '@flux-iot/media/model/parse-error';

/** C1, C2, S1 and S2 (RTMP 1.0 §5.2). */
export const HANDSHAKE_SIZE = 1536;
const VERSION = 3;
const DIGEST_SIZE = 32;
/** Four bytes that are not zero announce the digest: a version of Flash Player, and one of the media server. */
const PLAYER_VERSION = 0x09007c02;
const SERVER_VERSION = 0x04050001;

/** The keys of the digest handshake, which Adobe never described and every implementation knows. */
const SHARED_SECRET = Buffer.from('f0eec24a8068bee82e00d0d1029e7e576eec5d2d29806fab93b8e636cfeb31ae', 'hex');
const PLAYER_NAME = Buffer.from('Genuine Adobe Flash Player 001');
const SERVER_NAME = Buffer.from('Genuine Adobe Flash Media Server 001');
const PLAYER_KEY = Buffer.concat([PLAYER_NAME, SHARED_SECRET]);
const SERVER_KEY = Buffer.concat([SERVER_NAME, SHARED_SECRET]);

/** The two places for the digest: the first where Flash Player put it, the second where newer versions do. */
type Scheme = 0 | 1;

/** C0 and C1 with a digest: plain servers take its bytes for random ones, some others insist on it. */
export function clientHello(): Buffer {
  return Buffer.concat([Buffer.from([VERSION]), signedBlock(PLAYER_VERSION, 0, PLAYER_NAME)]);
}

/** C2 for these S0, S1 and S2: signed where the server's S1 is, else the plain echo. */
export function clientAnswer(answer: Buffer): Buffer {
  checkVersion(answer);
  const s1 = answer.subarray(1, 1 + HANDSHAKE_SIZE);
  const found = findDigest(s1, SERVER_NAME);
  return found ? signature(found.digest, PLAYER_KEY) : Buffer.from(s1);
}

/** S0, S1 and S2 for these C0 and C1: with digests where the client's has one, else the plain echo. */
export function serverAnswer(hello: Buffer): Buffer {
  checkVersion(hello);
  const c1 = hello.subarray(1, 1 + HANDSHAKE_SIZE);
  const found = findDigest(c1, PLAYER_NAME);
  if (found) {
    const s1 = signedBlock(SERVER_VERSION, found.scheme, SERVER_NAME);
    return Buffer.concat([Buffer.from([VERSION]), s1, signature(found.digest, SERVER_KEY)]);
  }
  const s1 = randomBytes(HANDSHAKE_SIZE).fill(0, 0, 8);
  return Buffer.concat([Buffer.from([VERSION]), s1, c1]);
}

function checkVersion(block: Buffer): void {
  if (block[0] !== VERSION) throw new ParseError(`RTMP version ${block[0]}`, 0);
}

/** C1 or S1: time, version, and random bytes among which a digest is hidden. */
function signedBlock(version: number, scheme: Scheme, key: Buffer): Buffer {
  const block = randomBytes(HANDSHAKE_SIZE);
  block.writeUInt32BE(0, 0);
  block.writeUInt32BE(version, 4);
  const at = digestOffset(block, scheme);
  digestOf(block, at, key).copy(block, at);
  return block;
}

/** C2 or S2: random bytes, signed with the digest of the other side's block. */
function signature(digest: Buffer, key: Buffer): Buffer {
  const block = randomBytes(HANDSHAKE_SIZE);
  const signed = block.subarray(0, HANDSHAKE_SIZE - DIGEST_SIZE);
  const digestKey = createHmac('sha256', key).update(digest).digest();
  createHmac('sha256', digestKey).update(signed).digest().copy(block, signed.length);
  return block;
}

/** Four bytes at the beginning of a scheme's half add up to the digest's offset in it. */
function digestOffset(block: Buffer, scheme: Scheme): number {
  const base = scheme === 0 ? 8 : 772;
  const sum = block[base]! + block[base + 1]! + block[base + 2]! + block[base + 3]!;
  return base + 4 + (sum % 728);
}

function digestOf(block: Buffer, at: number, key: Buffer): Buffer {
  return createHmac('sha256', key)
    .update(block.subarray(0, at))
    .update(block.subarray(at + DIGEST_SIZE))
    .digest();
}

function findDigest(block: Buffer, key: Buffer): { digest: Buffer; scheme: Scheme } | undefined {
  if (block.readUInt32BE(4) === 0) return undefined;
  for (const scheme of [0, 1] as const) {
    const at = digestOffset(block, scheme);
    const digest = block.subarray(at, at + DIGEST_SIZE);
    if (digestOf(block, at, key).equals(digest)) return { digest, scheme };
  }
  return undefined;
}
