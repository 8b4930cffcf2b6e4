const SECRET_NAME =
  /pass(?:word|wd)?|secret|token|credential|authorization|cookie|^key$|api_?key|private_?key/i;
const USER_IN_URL = /([a-z][a-z0-9+.-]*:\/\/)[^\s/?#"\\@]+@/gi;
const QUERY_IN_URL = /([a-z][a-z0-9+.-]*:\/\/[^\s?#"]*)\?[^\s#"]*/gi;
const CENSORED = '…';
const MAX_TEXT = 500;
const MAX_ITEMS = 50;
const MAX_DEPTH = 6;

/** A copy of what a client sent, without passwords, tokens and what is secret in addresses, and of bounded size. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return CENSORED;
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map(item => redact(item, depth + 1));
  const entries = Object.entries(value).slice(0, MAX_ITEMS);
  return Object.fromEntries(
    entries.map(([name, item]) => [name, SECRET_NAME.test(name) ? CENSORED : redact(item, depth + 1)]),
  );
}

function redactText(text: string): string {
  const short = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}${CENSORED}` : text;
  return short.replace(USER_IN_URL, `$1${CENSORED}@`).replace(QUERY_IN_URL, `$1?${CENSORED}`);
}
