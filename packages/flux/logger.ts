import { destination, type Logger, pino } from 'pino';
import pretty from 'pino-pretty';
import type { Config } from './config/schema.ts';

const STANDARD_ERROR = 2;
const SECRET_IN_QUERY = /([?&;](?:token|key|secret|password)=)[^&;\s"\\]+/gi;
const USER_IN_URL = /([a-z][a-z0-9+.-]*:\/\/)[^\s/?#"\\@]+@/gi;
/** Fields that carry what lets somebody in, wherever an object with them is logged. */
const SECRET_FIELDS = [
  'token',
  '*.token',
  '*.*.token',
  'headers.authorization',
  '*.headers.authorization',
  '*.headers.cookie',
];

/** Takes tokens, and users with their passwords, out of the addresses in a text. */
export function withoutSecrets(text: string): string {
  return text.replace(SECRET_IN_QUERY, '$1…').replace(USER_IN_URL, '$1…@');
}

/** The log, on standard error: the standard output is for what was asked for. Written at once, so that a crash keeps it. */
export function createLogger({ level, format }: Config['log']): Logger {
  const isPretty = format === 'pretty' || (format === 'auto' && process.stderr.isTTY === true);
  const options = {
    level,
    base: undefined,
    redact: { paths: SECRET_FIELDS, censor: '…' },
    hooks: { streamWrite: withoutSecrets },
  };
  if (!isPretty) return pino(options, destination({ dest: STANDARD_ERROR, sync: true }));
  return pino(options, pretty({ destination: STANDARD_ERROR, sync: true, translateTime: 'SYS:HH:MM:ss.l' }));
}
