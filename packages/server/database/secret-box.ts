import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** Of the key. */
export const KEY_BYTES = 32;
const CIPHER = 'aes-256-gcm';
/** NIST SP 800-38D, section 8.2: 96 bits that do not repeat under a key; at random, for far fewer than 2^32 texts. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Says how it was sealed, should there ever be another way. */
const PREFIX = 'gcm1.';

/** Encrypts what is secret in the database (AES-256-GCM) with a key that is not in it. */
export class SecretBox {
  readonly #key: Buffer;

  /** `key`: 32 bytes. */
  constructor(key: Buffer) {
    if (key.length !== KEY_BYTES) throw new RangeError(`The key has ${key.length} bytes, not ${KEY_BYTES}.`);
    this.#key = key;
  }

  /** `place` is where it is kept: moved elsewhere, it can't be opened. */
  seal(text: string, place: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.#key, nonce).setAAD(Buffer.from(place));
    const data = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return PREFIX + Buffer.concat([nonce, cipher.getAuthTag(), data]).toString('base64url');
  }

  /** Undefined for what was sealed with another key or for another place, or was changed. */
  open(sealed: string, place: string): string | undefined {
    if (!sealed.startsWith(PREFIX)) return undefined;
    const bytes = Buffer.from(sealed.slice(PREFIX.length), 'base64url');
    if (bytes.length < NONCE_BYTES + TAG_BYTES) return undefined;
    const tag = bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
    const decipher = createDecipheriv(CIPHER, this.#key, bytes.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(Buffer.from(place)).setAuthTag(tag);
    try {
      return (
        decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
      );
    } catch {
      return undefined;
    }
  }
}
