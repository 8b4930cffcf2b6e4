import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import { KEY_BYTES, SecretBox } from '@flux-iot/server/database/secret-box';

/**
 * What encrypts secrets in the database, with the key of the file; made where there is none. Without a file the key is
 * forgotten with the program, as a database in memory is. Throws `CONFIG_INVALID`.
 */
export function openSecretBox(file: string | undefined): SecretBox {
  return new SecretBox(file === undefined ? randomBytes(KEY_BYTES) : readKey(file));
}

function readKey(file: string): Buffer {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o750 });
    try {
      // Of several servers that come at once, the first one's key is everybody's.
      writeFileSync(file, `${randomBytes(KEY_BYTES).toString('base64')}\n`, { flag: 'wx', mode: 0o600 });
    } catch (cause) {
      if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')) throw cause;
    }
    const key = Buffer.from(readFileSync(file, 'latin1'), 'base64');
    if (key.length === KEY_BYTES) return key;
    throw new Error(`it is not ${KEY_BYTES} bytes in base64`);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FluxError('CONFIG_INVALID', `The key of the database (${file}) cannot be used: ${reason}`, {
      cause,
    });
  }
}
