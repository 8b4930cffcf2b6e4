import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { renameDurably, writeDurably } from '../storage/durable.ts';
import type { StreamId } from '../stream/stream-id.ts';
import { type Manifest, ManifestSigner, manifestHash, type Proof } from './manifest.ts';

interface Head {
  readonly number: number;
  readonly hash: string;
}

/**
 * The newest manifest of each stream, kept in files: each manifest names the one before. A stream is recorded by one
 * node at a time, and its manifests are signed one after the other.
 */
export class ManifestChain {
  readonly #stateFolder: string;
  readonly #folder: string;
  #signer: ManifestSigner | undefined;
  readonly #heads = new Map<StreamId, Promise<Head | undefined>>();

  constructor(stateFolder: string) {
    this.#stateFolder = stateFolder;
    this.#folder = join(stateFolder, 'chains');
  }

  /** The key, made if there is none. Throws `CONFIG_INVALID`. */
  load(): ManifestSigner {
    this.#signer ??= ManifestSigner.load(this.#stateFolder);
    return this.#signer;
  }

  /** Signs the manifest of a finished file and makes it the newest of its stream. */
  async seal(manifest: Omit<Manifest, 'proof'>, sha256: string): Promise<Manifest> {
    const { streamId } = manifest.recording;
    const before = this.#heads.get(streamId) ?? this.#read(streamId);
    const sealing = before.then(head => this.#seal(manifest, sha256, head));
    const after = sealing.then(
      ({ head }) => head,
      () => before,
    );
    this.#heads.set(streamId, after);
    const { signed } = await sealing;
    // The file has it; it need not be kept here as well.
    if (this.#heads.get(streamId) === after) this.#heads.delete(streamId);
    return signed;
  }

  async #seal(
    manifest: Omit<Manifest, 'proof'>,
    sha256: string,
    before: Head | undefined,
  ): Promise<{ signed: Manifest; head: Head }> {
    const number = (before?.number ?? 0) + 1;
    const proof: Omit<Proof, 'publicKey' | 'signature'> = {
      sha256,
      number,
      ...(before ? { previous: before.hash } : {}),
    };
    const signed = this.load().sign(manifest, proof);
    const head = { number, hash: manifestHash(signed) };
    const path = this.#path(manifest.recording.streamId);
    await mkdir(this.#folder, { recursive: true });
    await writeDurably(`${path}.new`, JSON.stringify(head));
    await renameDurably(`${path}.new`, path);
    return { signed, head };
  }

  async #read(streamId: StreamId): Promise<Head | undefined> {
    try {
      return JSON.parse(await readFile(this.#path(streamId), 'utf8')) as Head;
    } catch {
      // The first file of the stream; or a head that was lost, after which a new chain begins.
      return undefined;
    }
  }

  #path(streamId: StreamId): string {
    return join(this.#folder, `${streamId}.json`);
  }
}
