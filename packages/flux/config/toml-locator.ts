import { parse } from 'smol-toml';

/** Names of tables and keys, and numbers for the elements of arrays: `protocols`, `enabled`, 2. */
export type KeyPath = readonly (string | number)[];

/** Says at which line (from 1) of a TOML document a key or an array's element stands. */
export class TomlLocator {
  readonly #lines: ReadonlyMap<string, number>;

  /** `toml` has to be a document that `smol-toml` takes: the locator does not check syntax. */
  constructor(toml: string) {
    this.#lines = new Scanner(toml).scan();
  }

  /** The line of the key, or of the nearest table above it; 1 where not even that is in the document. */
  lineOf(path: KeyPath): number {
    for (let length = path.length; length > 0; length--) {
      const line = this.#lines.get(JSON.stringify(path.slice(0, length)));
      if (line !== undefined) return line;
    }
    return 1;
  }

  /** Whether the document has the key. */
  has(path: KeyPath): boolean {
    return this.#lines.has(JSON.stringify(path));
  }
}

const BARE_KEY = /[A-Za-z0-9_-]+/y;
const BLANK = /[ \t]*/y;
/** What may stand between values of an array or entries of an inline table: blanks, line ends and comments. */
const GAP = /(?:[ \t\r\n]|#[^\n]*)*/y;
/** Strings of all four kinds; those of three quotes end at the last of up to five. */
const STRING = /"""(?:\\[\s\S]|[^\\])*?"{3,5}(?!")|'''[\s\S]*?'{3,5}(?!')|"(?:\\.|[^"\\\n])*"|'[^'\n]*'/y;
/** Numbers, dates and booleans. */
const PLAIN_VALUE = /[^,\]}#\r\n]+/y;

/** Walks a valid TOML 1.1 document once, noting the line of each key and array element. */
class Scanner {
  readonly #toml: string;
  readonly #lines = new Map<string, number>();
  /** Elements so far of each array of tables, by the JSON of its path. */
  readonly #tableCounts = new Map<string, number>();
  #position = 0;
  #line = 1;
  /** Up to where line ends were counted. */
  #counted = 0;

  constructor(toml: string) {
    this.#toml = toml;
  }

  scan(): ReadonlyMap<string, number> {
    let table: KeyPath = [];
    for (;;) {
      this.#skip(GAP);
      if (this.#position >= this.#toml.length) return this.#lines;
      if (this.#toml[this.#position] === '[') table = this.#header();
      else this.#entry(table);
    }
  }

  #header(): KeyPath {
    const isArray = this.#toml.startsWith('[[', this.#position);
    this.#position += isArray ? 2 : 1;
    const path = this.#key([]);
    this.#position += isArray ? 2 : 1;
    if (!isArray) return path;
    const key = JSON.stringify(path);
    const index = this.#tableCounts.get(key) ?? 0;
    this.#tableCounts.set(key, index + 1);
    const element = [...path, index];
    this.#note(element);
    return element;
  }

  #entry(table: KeyPath): void {
    const path = this.#key(table);
    this.#position++;
    this.#skip(BLANK);
    this.#value(path);
  }

  /** A dotted key; stops at what follows it, and notes every part of it. */
  #key(table: KeyPath): KeyPath {
    let path = table;
    for (;;) {
      this.#skip(BLANK);
      path = [...this.#throughArray(path), this.#keyPart()];
      this.#note(path);
      this.#skip(BLANK);
      if (this.#toml[this.#position] !== '.') return path;
      this.#position++;
    }
  }

  #keyPart(): string {
    const raw = this.#take(BARE_KEY) || this.#take(STRING);
    if (raw.startsWith("'")) return raw.slice(1, -1);
    // The parser knows the escapes.
    return raw.startsWith('"') ? String(parse(`value = ${raw}`).value) : raw;
  }

  /** `[a.b]` after `[[a]]` is a table in the last element of `a`. */
  #throughArray(path: KeyPath): KeyPath {
    const count = this.#tableCounts.get(JSON.stringify(path));
    return count === undefined ? path : [...path, count - 1];
  }

  #value(path: KeyPath): void {
    const first = this.#toml[this.#position];
    if (first === '[') this.#array(path);
    else if (first === '{') this.#inlineTable(path);
    // Should a value not be understood, it is still stepped over: the walk has to end.
    else if (!this.#take(STRING) && !this.#take(PLAIN_VALUE)) this.#position++;
  }

  #array(path: KeyPath): void {
    this.#position++;
    for (let index = 0; this.#next(); index++) {
      const element = [...path, index];
      this.#note(element);
      this.#value(element);
    }
  }

  #inlineTable(path: KeyPath): void {
    this.#position++;
    while (this.#next()) this.#entry(path);
  }

  /** Moves to the next element; false where a bracket closes instead, which is then behind. */
  #next(): boolean {
    this.#skip(GAP);
    if (this.#toml[this.#position] === ',') {
      this.#position++;
      this.#skip(GAP);
    }
    const first = this.#toml[this.#position];
    if (first !== undefined && first !== ']' && first !== '}') return true;
    this.#position++;
    return false;
  }

  #note(path: KeyPath): void {
    for (; this.#counted < this.#position; this.#counted++) {
      if (this.#toml[this.#counted] === '\n') this.#line++;
    }
    const key = JSON.stringify(path);
    if (!this.#lines.has(key)) this.#lines.set(key, this.#line);
  }

  #skip(pattern: RegExp): void {
    this.#take(pattern);
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#position;
    const match = pattern.exec(this.#toml)?.[0] ?? '';
    this.#position += match.length;
    return match;
  }
}
