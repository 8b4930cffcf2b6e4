/**
 * What cameras do otherwise than the standards have it, as data: every quirk with its values, the one that holds where
 * nothing is said, and what it means. Profiles are checked against this table, and the code that talks to cameras asks
 * for nothing else.
 */
interface Choice<Value extends string> {
  readonly kind: 'choice';
  readonly values: readonly [Value, ...Value[]];
  readonly initial: Value;
  readonly about: string;
}

interface Whole {
  readonly kind: 'whole';
  readonly minimum: number;
  readonly maximum: number;
  readonly initial: number;
  readonly about: string;
}

interface Text {
  readonly kind: 'text';
  readonly pattern: RegExp;
  /** The pattern in words. */
  readonly allowed: string;
  readonly initial: string;
  readonly about: string;
}

export type QuirkDefinition = Choice<string> | Whole | Text;

/** The first value holds where nothing is said. */
function choice<const Value extends string>(
  values: readonly [Value, ...Value[]],
  about: string,
): Choice<Value> {
  return { kind: 'choice', values, initial: values[0], about };
}

export const QUIRKS = {
  control: choice(
    ['append', 'resolve', 'before-query'],
    'How the name of a track is put to the URL of the presentation: behind all of it, as RFC 3986 resolves it, or ' +
      'behind its path and before its query.',
  ),
  content_base: choice(
    ['use', 'ignore'],
    'Whether the URL of the presentation is what the camera says in Content-Base and Content-Location, or what was ' +
      'asked for: some say an address at which they do not answer.',
  ),
  keep_alive: choice(
    ['auto', 'GET_PARAMETER', 'OPTIONS', 'SET_PARAMETER', 'none'],
    'The request that keeps a session alive. `auto` is GET_PARAMETER where Public lists it, else OPTIONS; the list ' +
      'is not always true.',
  ),
  session_timeout: {
    kind: 'whole',
    minimum: 0,
    maximum: 3600,
    initial: 0,
    about: 'Seconds after which the camera ends a session; 0: after what it says, or 60.',
  } satisfies Whole,
  interleaved: choice(
    ['agreed', 'swapped'],
    'Whether RTP comes on the channel that was agreed on for it, or on that of RTCP and the other way round.',
  ),
  ssrc: choice(
    ['one', 'any'],
    'Whether the packets of a track have one SSRC, or may have others than announced, and change it at will.',
  ),
  time: choice(
    ['rtp', 'arrival'],
    'Whether the time of a frame is that of its RTP time stamp, or that of its arrival: some stamps jump by hours.',
  ),
  transport: choice(
    ['any', 'tcp', 'udp'],
    'The only transport on which media comes, whatever the camera agrees to.',
  ),
  authentication: choice(
    ['any', 'basic', 'digest'],
    'The only scheme in which the password is accepted, whatever the camera offers.',
  ),
  user_agent: {
    kind: 'text',
    pattern: /^[ -~]{0,128}$/,
    allowed: 'up to 128 printable ASCII characters',
    initial: '',
    about: 'What requests say in User-Agent; empty: who we are.',
  } satisfies Text,
} as const satisfies Readonly<Record<string, QuirkDefinition>>;

export type QuirkName = keyof typeof QUIRKS;

type ValueOf<Definition> =
  Definition extends Choice<infer Value> ? Value : Definition extends Whole ? number : string;

/** The quirks of one camera, all of them. */
export type Quirks = { readonly [Name in QuirkName]: ValueOf<(typeof QUIRKS)[Name]> };

/** A camera that does what the standards say, and what other players expect. */
export const NO_QUIRKS = Object.fromEntries(
  Object.entries(QUIRKS).map(([name, { initial }]) => [name, initial]),
) as Quirks;

/** What may stand for a quirk, in words. */
export function allowedFor(definition: QuirkDefinition): string {
  switch (definition.kind) {
    case 'choice':
      return `one of ${definition.values.map(value => JSON.stringify(value)).join(', ')}`;
    case 'whole':
      return `a whole number from ${definition.minimum} to ${definition.maximum}`;
    case 'text':
      return definition.allowed;
  }
}

export function isAllowed(definition: QuirkDefinition, value: unknown): boolean {
  switch (definition.kind) {
    case 'choice':
      return definition.values.some(allowed => allowed === value);
    case 'whole':
      return (
        Number.isInteger(value) && Number(value) >= definition.minimum && Number(value) <= definition.maximum
      );
    case 'text':
      return typeof value === 'string' && definition.pattern.test(value);
  }
}
