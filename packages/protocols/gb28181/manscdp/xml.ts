import { ParseError } from '@flux-iot/media/model/parse-error';
import { XMLParser } from 'fast-xml-parser';
import { decodeText, encodeText } from './text.ts';

/** An element: its text where it holds no others, and its children by name, each with all of that name. */
export interface XmlElement {
  readonly text: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: ReadonlyMap<string, readonly XmlElement[]>;
}

const MAX_BYTES = 1_048_576;
const MAX_DEPTH = 16;
const MAX_ELEMENTS = 50_000;
const ATTRIBUTE = '@';
const TEXT = '#text';

const PARSER = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: ATTRIBUTE,
  textNodeName: TEXT,
  // No entity is ever expanded: the five of XML and numbers are read below.
  processEntities: false,
  parseTagValue: false,
  parseAttributeValue: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  removeNSPrefix: true,
});

/** The root element's name and content. Throws `ParseError`. */
export function parseXml(body: Buffer): { readonly name: string; readonly root: XmlElement } {
  if (body.length > MAX_BYTES) throw new ParseError(`body of ${body.length} bytes`, 0);
  const text = decodeText(body).replace(/^\uFEFF/, '');
  if (/<!(?:DOCTYPE|ENTITY)/i.test(text)) throw new ParseError('a document type', 0);
  let document: unknown;
  try {
    document = PARSER.parse(text);
  } catch (cause) {
    throw new ParseError(`no XML: ${cause instanceof Error ? cause.message : String(cause)}`, 0);
  }
  const budget = { elements: MAX_ELEMENTS };
  const [name, root] = [...elementOf(document, 0, budget).children][0] ?? [];
  const element = root?.[0];
  if (name === undefined || !element) throw new ParseError('no element', 0);
  return { name, root: element };
}

function elementOf(value: unknown, depth: number, budget: { elements: number }): XmlElement {
  if (depth > MAX_DEPTH || budget.elements-- <= 0) throw new ParseError('too many elements', 0);
  const attributes = new Map<string, string>();
  const children = new Map<string, readonly XmlElement[]>();
  if (typeof value !== 'object' || value === null)
    return { text: unescaped(String(value ?? '')), attributes, children };
  let text = '';
  for (const [name, content] of Object.entries(value)) {
    if (name === TEXT) text = unescaped(String(content));
    else if (name.startsWith(ATTRIBUTE)) attributes.set(name.slice(1), unescaped(String(content)));
    else {
      const all: unknown[] = Array.isArray(content) ? content : [content];
      children.set(
        name,
        all.map(child => elementOf(child, depth + 1, budget)),
      );
    }
  }
  return { text, attributes, children };
}

const PREDEFINED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** An ampersand that begins nothing known stays: some devices escape nothing. */
function unescaped(text: string): string {
  if (!text.includes('&')) return text.trim();
  return text
    .replace(/&(?:#(\d{1,7})|#x([0-9A-Fa-f]{1,6})|([a-z]{2,4}));/g, (whole, decimal, hexadecimal, name) => {
      if (name !== undefined) return PREDEFINED[name] ?? whole;
      const code = decimal === undefined ? Number.parseInt(hexadecimal, 16) : Number(decimal);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    })
    .trim();
}

/** The text of the first child of that name; undefined where there is none, or nothing in it. */
export function childText(element: XmlElement, name: string): string | undefined {
  const text = element.children.get(name)?.[0]?.text;
  return text === undefined || text === '' ? undefined : text;
}

export function child(element: XmlElement, name: string): XmlElement | undefined {
  return element.children.get(name)?.[0];
}

/** A number; undefined where there is none. */
export function childNumber(element: XmlElement, name: string): number | undefined {
  const text = childText(element, name);
  const value = text === undefined ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** What is written: an element with text, or with others in it; undefined ones are left out. */
export type XmlContent = string | number | undefined | readonly XmlNode[];
export type XmlNode = readonly [
  name: string,
  content: XmlContent,
  attributes?: Readonly<Record<string, string | number>>,
];

/** A whole document as it goes into a message. */
export function writeXml(root: XmlNode): Buffer {
  return encodeText(`<?xml version="1.0" encoding="GB2312"?>\r\n${writeElement(root)}`);
}

function writeElement([name, content, attributes = {}]: XmlNode): string {
  if (content === undefined) return '';
  const pairs = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(String(value))}"`);
  const inner =
    typeof content === 'object' ? `\r\n${content.map(writeElement).join('')}` : escaped(String(content));
  return `<${name}${pairs.join('')}>${inner}</${name}>\r\n`;
}

const ESCAPES: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;' };

function escaped(text: string): string {
  const plain = text.replace(/[<>&"]/g, character => ESCAPES[character] ?? character);
  // Control characters have no place in XML, escaped or not.
  return [...plain].filter(character => character >= ' ' || '\t\r\n'.includes(character)).join('');
}
