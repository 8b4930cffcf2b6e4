import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';

/** About 60 ms and 32 MiB a guess. */
const COST = { N: 2 ** 15, r: 8, p: 1 } as const;
const MAX_MEMORY = 128 * 1024 * 1024;
const LENGTH = 32;
const FORM = /^scrypt:(\d{1,2}):(\d{1,2}):(\d{1,2}):([A-Za-z0-9_-]{22}):([A-Za-z0-9_-]{43})$/;

/** `scrypt:15:8:1:SALT:HASH`: cost as a power of two, block size, parallelism (RFC 7914). */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(password, salt, COST);
  return `scrypt:${Math.log2(COST.N)}:${COST.r}:${COST.p}:${salt.toString('base64url')}:${hash.toString('base64url')}`;
}

/** Takes as long where there is no hash, so that nobody learns from the time which names there are. */
export async function verifyPassword(password: string, hash: string | null | undefined): Promise<boolean> {
  const [, power, r, p, salt = '', expected = ''] = FORM.exec(hash ?? '') ?? [];
  if (power === undefined) {
    await derive(password, randomBytes(16), COST);
    return false;
  }
  const options = { N: 2 ** Number(power), r: Number(r), p: Number(p) };
  const derived = await derive(password, Buffer.from(salt, 'base64url'), options);
  return timingSafeEqual(derived, Buffer.from(expected, 'base64url'));
}

function derive(password: string, salt: Buffer, options: ScryptOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // One that was typed on another keyboard may be composed otherwise (RFC 8265 §4.2.2).
    scrypt(password.normalize('NFC'), salt, LENGTH, { ...options, maxmem: MAX_MEMORY }, (error, key) => {
      if (error) reject(error);
      else resolve(key);
    });
  });
}
