/** A challenge of WWW-Authenticate, or the credentials of Authorization (RFC 9110 §11.3, §11.4). */
export interface AuthenticationHeader {
  /** In lower case: `digest`. */
  readonly scheme: string;
  /** What follows the scheme where it is no list of parameters: `dXNlcjpwYXNz`. */
  readonly token: string | undefined;
  /** By their names in lower case, without quotes. */
  readonly parameters: ReadonlyMap<string, string>;
}

const WORD = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const SCHEME = new RegExp(WORD, 'y');
const BLANKS = /[ \t]*/y;
const SEPARATOR = /[\s,]*/y;
const PARAMETER = new RegExp(`(${WORD})[ \\t]*=[ \\t]*(?:"((?:[^"\\\\]|\\\\.)*)"?|([^",\\s]*))`, 'y');
const TOKEN = /[A-Za-z0-9._~+/-]+=*(?=[ \t]*(?:,|$))/y;

/**
 * All challenges in the values of a header, or the one set of credentials. One value may have several challenges, told
 * apart from parameters by what follows their first word. What is of no such form ends the list.
 */
export function parseAuthentication(values: readonly string[]): AuthenticationHeader[] {
  return values.flatMap(value => new Scanner(value).scan());
}

class Scanner {
  readonly #text: string;
  #position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  scan(): AuthenticationHeader[] {
    const found: AuthenticationHeader[] = [];
    for (;;) {
      this.#take(SEPARATOR);
      const scheme = this.#take(SCHEME)?.[0].toLowerCase();
      if (scheme === undefined) return found;
      this.#take(BLANKS);
      // `realm=` would do for a token; Digest has none.
      const token = scheme === 'digest' ? undefined : this.#take(TOKEN)?.[0];
      found.push({ scheme, token, parameters: token === undefined ? this.#parameters() : new Map() });
    }
  }

  #parameters(): ReadonlyMap<string, string> {
    const parameters = new Map<string, string>();
    for (let match = this.#take(PARAMETER); match; match = this.#take(PARAMETER)) {
      const [, name = '', quoted, plain = ''] = match;
      parameters.set(name.toLowerCase(), quoted === undefined ? plain : quoted.replace(/\\(.)/g, '$1'));
      this.#take(SEPARATOR);
    }
    return parameters;
  }

  #take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#position;
    const match = pattern.exec(this.#text);
    if (match) this.#position = pattern.lastIndex;
    return match;
  }
}

/** A value in quotes (RFC 9110 §5.6.4). */
export function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
