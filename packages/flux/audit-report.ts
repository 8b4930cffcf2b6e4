import { verifyAudit } from '@flux-iot/server/audit/verify';
import { openDatabase } from '@flux-iot/server/database/open-database';
import type { Environment } from './config/environment.ts';
import type { Config } from './config/schema.ts';
import { databaseUrl } from './database-url.ts';

/** What `flux audit verify` says. `noted`: the hash of an entry that was noted down before. */
export async function describeAudit(
  config: Config,
  environment: Environment,
  noted: string | undefined,
): Promise<{ readonly text: string; readonly isWhole: boolean }> {
  const database = await openDatabase(databaseUrl(config, environment));
  try {
    const { entries, head, fault, hasNoted } = await verifyAudit(database.sql, noted);
    if (fault) {
      return { text: `Entry ${fault.sequence} is not as it was written: ${fault.reason}.\n`, isWhole: false };
    }
    if (hasNoted === false) {
      return {
        text: `The chain is whole, but has no entry of the hash ${noted}: its end was replaced, or it is older than what is kept.\n`,
        isWhole: false,
      };
    }
    const text = `${entries} entries, none changed. The last is ${head.sequence}; note its hash down elsewhere, to see later that the end was not cut off:\n${head.hash}\n`;
    return { text, isWhole: true };
  } finally {
    await database.close();
  }
}
