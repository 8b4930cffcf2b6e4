import { createHash } from 'node:crypto';
import type { MediaStorage } from '../storage/media-storage.ts';
import { isSigned, type Manifest, manifestHash, parseManifest } from './manifest.ts';
import { MANIFEST_SUFFIX, RECORDINGS_PREFIX, type Recording } from './recording.ts';

export interface Verdict {
  readonly recording: Recording;
  /** What is wrong, in words; none for a file that is as it was signed. */
  readonly faults: readonly string[];
  readonly publicKey: string;
}

/**
 * Checks every finished recording of a storage against its manifest: the signature, the content, and that none was
 * taken out from between two others. `trusted`: the key that is to have signed them all, if it is known.
 */
export async function* verifyRecordings(storage: MediaStorage, trusted?: string): AsyncGenerator<Verdict> {
  const byStream = new Map<string, Manifest[]>();
  for await (const { key } of storage.list(RECORDINGS_PREFIX)) {
    if (!key.endsWith(MANIFEST_SUFFIX)) continue;
    const data = await storage.get(key);
    if (!data) continue;
    const manifest = parseManifest(data, key);
    const { streamId } = manifest.recording;
    const known = byStream.get(streamId);
    if (known) known.push(manifest);
    else byStream.set(streamId, [manifest]);
  }
  for (const manifests of byStream.values()) {
    manifests.sort((one, other) => (one.proof?.number ?? 0) - (other.proof?.number ?? 0));
    let before: Manifest | undefined;
    for (const manifest of manifests) {
      yield {
        recording: manifest.recording,
        faults: [...linkFaults(manifest, before), ...(await contentFaults(storage, manifest, trusted))],
        publicKey: manifest.proof?.publicKey ?? '',
      };
      before = manifest;
    }
  }
}

/** The oldest that is left need not be the first: retention takes files from the beginning. */
function linkFaults({ proof }: Manifest, before: Manifest | undefined): string[] {
  if (!proof || !before?.proof) return [];
  if (proof.number === before.proof.number + 1) {
    return proof.previous === manifestHash(before) ? [] : ['it does not follow from the file before it'];
  }
  const missing = proof.number - before.proof.number - 1;
  return missing > 0 ? [`${missing} before it were taken out`] : ['its number was given twice'];
}

async function contentFaults(
  storage: MediaStorage,
  manifest: Manifest,
  trusted: string | undefined,
): Promise<string[]> {
  const { recording, proof } = manifest;
  if (!proof) return ['it has no signature'];
  const faults: string[] = [];
  if (!isSigned(manifest)) faults.push('its manifest was altered');
  if (trusted !== undefined && proof.publicKey !== trusted) faults.push('it was signed by another key');
  const content = await storage.getStream(recording.key);
  if (!content) return [...faults, 'its file is gone'];
  const hash = createHash('sha256');
  for await (const part of content) hash.update(part as Buffer);
  if (hash.digest('hex') !== proof.sha256) faults.push('its content was altered');
  return faults;
}
