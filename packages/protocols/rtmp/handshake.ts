import { createHmac, randomBytes } from 'node:crypto';
import { ParseError } from '@flux-iot/media/model/parse-error';

/** C1, C2, S1 and S2 (RTMP 1.0 §5.2). */
export const HANDSHAKE_SIZE = 1536;
const VERSION = 3;
const DIGEST_SIZE = 32;

/** The keys of the digest handshake, which Adobe never described and every implementation knows. */
const SHARED_SECRET = Buffer.from('f0eec24a8068bee82e00d0d1029e7e576eec5d2d29806fab93b8e636cfeb31ae', 'hex');
const PLAYER_NAME = Buffer.from('Genuine Adobe Flash Player 001');
const SERVER_NAME = Buffer.from('Genuine Adobe Flash Media Server 001');
const SERVER_KEY = Buffer.concat([SERVER_NAME, SHARED_SECRET]);

/** C0 and C1 of the plain handshake, which every server takes. */
export function clientHello(): Buffer {
  const hello = randomBytes(1 + HANDSHAKE_SIZE);
  hello[0] = VERSION;
  hello.fill(0, 1, 9);
  return hello;
}

/** S0, S1 and S2 for these C0 and C1: with digests where the client's has one, else the plain echo. */
export function serverAnswer(hello: Buffer): Buffer {
  if (hello[0] !== VERSION) throw new ParseError(`RTMP version ${hello[0]}`, 0);
  const c1 = hello.subarray(1, 1 + HANDSHAKE_SIZE);
  const s1 = randomBytes(HANDSHAKE_SIZE);
  s1.writeUInt32BE(0, 0);
  // Four bytes that are not zero announce the digest.
  const clientDigest = c1.readUInt32BE(4) === 0 ? undefined : findDigest(c1, PLAYER_NAME);
  if (!clientDigest) {
    s1.writeUInt32BE(0, 4);
    return Buffer.concat([Buffer.from([VERSION]), s1, c1]);
  }
  s1.writeUInt32BE(0x04050001, 4);
  const { scheme } = clientDigest;
  const at = digestOffset(s1, scheme);
  digestOf(s1, at, SERVER_NAME).copy(s1, at);
  const s2 = randomBytes(HANDSHAKE_SIZE);
  const key = createHmac('sha256', SERVER_KEY).update(clientDigest.digest).digest();
  const signed = s2.subarray(0, HANDSHAKE_SIZE - DIGEST_SIZE);
  createHmac('sha256', key)
    .update(signed)
    .digest()
    .copy(s2, HANDSHAKE_SIZE - DIGEST_SIZE);
  return Buffer.concat([Buffer.from([VERSION]), s1, s2]);
}

/** Where one of the two schemes puts the digest: four bytes before it add up to its offset. */
function digestOffset(block: Buffer, scheme: 0 | 1): number {
  const base = scheme === 0 ? 772 : 8;
  const sum = block[base]! + block[base + 1]! + block[base + 2]! + block[base + 3]!;
  return base + 4 + (sum % 728);
}

function digestOf(block: Buffer, at: number, key: Buffer): Buffer {
  return createHmac('sha256', key)
    .update(block.subarray(0, at))
    .update(block.subarray(at + DIGEST_SIZE))
    .digest();
}

function findDigest(block: Buffer, key: Buffer): { digest: Buffer; scheme: 0 | 1 } | undefined {
  for (const scheme of [0, 1] as const) {
    const at = digestOffset(block, scheme);
    const digest = block.subarray(at, at + DIGEST_SIZE);
    if (digestOf(block, at, key).equals(digest)) return { digest, scheme };
  }
  return undefined;
}
