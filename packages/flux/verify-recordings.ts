import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { KEY_FILE, ManifestSigner } from '@flux-iot/core/record/manifest';
import { verifyRecordings } from '@flux-iot/core/record/verify';
import type { Config } from './config/schema.ts';
import { recordingStorage } from './storage.ts';

/**
 * `flux recordings verify`: a line for each recording that is not as it was signed, and one for all of them. False
 * where there is one. Where this machine has the key, all must have been signed by it.
 */
export async function verifyAll(config: Config): Promise<boolean> {
  const { state_dir } = config.recording;
  const own = existsSync(join(state_dir, KEY_FILE)) ? ManifestSigner.load(state_dir).publicKey : undefined;
  let count = 0;
  let bad = 0;
  for await (const { recording, faults } of verifyRecordings(recordingStorage(config), own)) {
    count++;
    if (faults.length === 0) continue;
    bad++;
    process.stdout.write(`${recording.key}: ${faults.join('; ')}\n`);
  }
  const signer = own === undefined ? ' (signed by keys that are not known here)' : '';
  process.stdout.write(`${count} recordings, ${bad} of them not as they were signed${signer}\n`);
  return bad === 0;
}
