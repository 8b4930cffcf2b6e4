/** A session description (RFC 8866), as far as RTSP and GB28181 look at it. Missing lines are undefined or empty. */
export interface SessionDescription {
  readonly origin: Origin | undefined;
  /** The line `s=`. */
  readonly name: string | undefined;
  readonly connection: Connection | undefined;
  readonly bandwidths: readonly Bandwidth[];
  /** The values of the lines `t=`: start and stop in NTP seconds; 0 0 for a session without bounds. */
  readonly times: readonly string[];
  readonly attributes: readonly Attribute[];
  /** Lines of other types, in their order: `i=`, `u=`, `e=`. */
  readonly otherLines: readonly Line[];
  readonly media: readonly MediaDescription[];
}

/** One `m=` line and those that belong to it. */
export interface MediaDescription {
  /** `video`, `audio`, `application`, … */
  readonly type: string;
  /** 0 where RTSP's SETUP is to say it. */
  readonly port: number;
  /** `RTP/AVP`, `RTP/AVP/TCP`, `TCP/RTP/AVP`, … */
  readonly protocol: string;
  /** RTP payload types, as they stand there. */
  readonly formats: readonly string[];
  readonly connection: Connection | undefined;
  readonly bandwidths: readonly Bandwidth[];
  readonly attributes: readonly Attribute[];
  /** Lines of other types; GB28181 has the SSRC as `y=` and codec parameters as `f=`. */
  readonly otherLines: readonly Line[];
}

export interface Origin {
  readonly username: string;
  /** Decimal digits of any length. */
  readonly sessionId: string;
  readonly sessionVersion: string;
  readonly addressType: string;
  readonly address: string;
}

export interface Connection {
  /** `IP4` or `IP6`. */
  readonly addressType: string;
  /** Without the TTL and the number of addresses of multicast. */
  readonly address: string;
  /** Of IPv4 multicast. */
  readonly ttl: number | undefined;
}

export interface Bandwidth {
  /** `AS` in kbit/s, `TIAS` in bit/s. */
  readonly type: string;
  readonly value: number;
}

export interface Attribute {
  readonly name: string;
  /** Undefined for a property attribute, `a=recvonly`. */
  readonly value: string | undefined;
}

export interface Line {
  readonly type: string;
  readonly value: string;
}

interface WithAttributes {
  readonly attributes: readonly Attribute[];
}

/** The first attribute of this name, in lower case: cameras write some in other cases. Undefined if there is none. */
export function findAttribute(description: WithAttributes, name: string): Attribute | undefined {
  return description.attributes.find(attribute => attribute.name.toLowerCase() === name);
}

/** The value of the first attribute of this name, in lower case. */
export function attributeValue(description: WithAttributes, name: string): string | undefined {
  return findAttribute(description, name)?.value;
}

/** The values that attributes of one name have for a payload type: of `a=fmtp:96 x=1` it is `x=1` for 96. */
export function payloadTypeValues(media: WithAttributes, name: string, payloadType: number): string[] {
  const values: string[] = [];
  for (const attribute of media.attributes) {
    if (attribute.name.toLowerCase() !== name) continue;
    const match = /^\s*(\d+)\s*(.*)$/.exec(attribute.value ?? '');
    if (match && Number(match[1]) === payloadType) values.push(match[2]!);
  }
  return values;
}

/** The SSRC that the sender says it will have (RFC 5576 §4.1). */
export function announcedSsrc(media: WithAttributes): number | undefined {
  const digits = /^\s*(\d{1,10})\b/.exec(attributeValue(media, 'ssrc') ?? '')?.[1];
  const ssrc = Number(digits);
  return digits !== undefined && ssrc < 2 ** 32 ? ssrc : undefined;
}
