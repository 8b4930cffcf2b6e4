import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FluxError } from '../errors/flux-error.ts';
import type { Recording } from './recording.ts';

/** A fragment of the file: where it begins, its size, and from when to when it goes, in seconds of the stream. */
export interface FragmentEntry {
  readonly offset: number;
  readonly size: number;
  readonly start: number;
  readonly end: number;
  /** Decoding can start with it. */
  readonly key: boolean;
}

/** Where a file being written belongs, so that it can be told from one that a crash left behind. */
export interface Writer {
  readonly host: string;
  readonly pid: number;
  /** Of the start of the machine, where it has such an id. */
  readonly boot?: string;
}

/** Linux gives every start of the machine an id (random(4)). */
export function bootId(): string | undefined {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  } catch {
    return undefined;
  }
}

/**
 * What stands beside every file of a recording. Once the file is finished it has the hash of the content, the hash of
 * the stream's manifest before, and a signature over both: a file that was altered, or taken out of the middle of a
 * stream's files, is found.
 */
export interface Manifest {
  readonly version: 1;
  readonly recording: Recording;
  readonly fragments: readonly FragmentEntry[];
  /** Bytes before the first fragment. */
  readonly headSize: number;
  /** Only while it is being written. */
  readonly writer?: Writer;
  readonly proof?: Proof;
}

export interface Proof {
  /** SHA-256 of the file, hexadecimal. */
  readonly sha256: string;
  /** Counts the stream's files from 1. */
  readonly number: number;
  /** SHA-256 of the stream's manifest before; undefined for the first. */
  readonly previous?: string;
  /** The Ed25519 public key, SPKI in base64. */
  readonly publicKey: string;
  /** Over everything but itself, base64. */
  readonly signature: string;
}

/** In the folder of the state. */
export const KEY_FILE = 'recording-key.pem';

/** Signs manifests with this installation's own key, which is made when first needed. */
export class ManifestSigner {
  readonly #privateKey: KeyObject;
  readonly publicKey: string;

  private constructor(privateKey: KeyObject) {
    this.#privateKey = privateKey;
    this.publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'der' }).toString('base64');
  }

  /** Throws `CONFIG_INVALID` where the folder cannot be written or the key cannot be read. */
  static load(stateFolder: string): ManifestSigner {
    const path = join(stateFolder, KEY_FILE);
    try {
      mkdirSync(stateFolder, { recursive: true, mode: 0o700 });
      const { privateKey } = generateKeyPairSync('ed25519');
      const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
      try {
        // Several processes may come at once: the first one's key is everybody's.
        writeFileSync(path, pem, { flag: 'wx', mode: 0o600 });
      } catch (cause) {
        if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')) throw cause;
      }
      return new ManifestSigner(createPrivateKey(readFileSync(path)));
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new FluxError('CONFIG_INVALID', `The key that signs recordings cannot be kept: ${reason}`, {
        cause,
      });
    }
  }

  sign(manifest: Omit<Manifest, 'proof'>, proof: Omit<Proof, 'publicKey' | 'signature'>): Manifest {
    const unsigned = { ...manifest, proof: { ...proof, publicKey: this.publicKey } };
    const signature = sign(null, canonical(unsigned), this.#privateKey).toString('base64');
    return { ...unsigned, proof: { ...unsigned.proof, signature } };
  }
}

/** Whether the manifest is as it was signed, by the key that it names. */
export function isSigned(manifest: Manifest): boolean {
  const { proof } = manifest;
  if (!proof) return false;
  const { signature, ...rest } = proof;
  try {
    const key = createPublicKey({ key: Buffer.from(proof.publicKey, 'base64'), format: 'der', type: 'spki' });
    return verify(null, canonical({ ...manifest, proof: rest }), key, Buffer.from(signature, 'base64'));
  } catch {
    return false;
  }
}

/** By which the next manifest names this one. */
export function manifestHash(manifest: Manifest): string {
  return createHash('sha256').update(canonical(manifest)).digest('hex');
}

/** Throws `STORAGE_FAILED` for what is no manifest. */
export function parseManifest(data: Buffer, key: string): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(data.toString('utf8'));
  } catch (cause) {
    throw new FluxError('STORAGE_FAILED', `${key} is not a manifest.`, { cause });
  }
  if (isManifest(value)) return value;
  throw new FluxError('STORAGE_FAILED', `${key} is not a manifest of this version.`);
}

export function formatManifest(manifest: Manifest): Buffer {
  return Buffer.from(`${JSON.stringify(manifest)}\n`);
}

function isManifest(value: unknown): value is Manifest {
  if (typeof value !== 'object' || value === null) return false;
  const { version, recording, fragments } = value as Partial<Manifest>;
  const isWhole = typeof recording?.id === 'string' && typeof recording.key === 'string';
  return version === 1 && isWhole && typeof recording.streamId === 'string' && Array.isArray(fragments);
}

/** JSON with its keys in order, so that writing and reading it changes nothing. */
function canonical(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(ordered(value)));
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(
    entries.sort(([one], [other]) => (one < other ? -1 : 1)).map(([name, member]) => [name, ordered(member)]),
  );
}
