import { randomBytes } from 'node:crypto';
import { parseNameAddress, parseSipUri } from './address.ts';
import { type HeaderValues, NO_BODY, SipHeaders, type SipRequest, type SipResponse } from './message.ts';
import { newTag, parseCSeq } from './responses.ts';

export interface Parties {
  /** `sip:34020000002000000001@3402000000` */
  readonly localUri: string;
  readonly remoteUri: string;
  /** Where the first request goes: `sip:34020000001320000001@192.0.2.1:5060`. */
  readonly target: string;
  /** Ours, for the other side's requests: `<sip:…>`. */
  readonly contact: string;
}

export function newCallId(): string {
  return randomBytes(12).toString('hex');
}

/** A request outside a dialog. */
export function newRequest(
  method: string,
  { localUri, remoteUri, target, contact }: Parties,
  headers: HeaderValues = {},
  body: Buffer = NO_BODY,
): SipRequest {
  return {
    kind: 'request',
    method,
    uri: target,
    body,
    headers: SipHeaders.of({
      From: `<${localUri}>;tag=${newTag()}`,
      To: `<${remoteUri}>`,
      'Call-ID': newCallId(),
      CSeq: `1 ${method}`,
      Contact: contact,
      'Max-Forwards': 70,
      ...headers,
    }),
  };
}

/** What both sides agreed to go on with (RFC 3261 §12). */
export class Dialog {
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
  readonly #parties: Parties;
  readonly #routes: readonly string[];
  readonly #invite: number;
  #sequence: number;
  #remoteSequence = -1;

  private constructor(
    parties: Parties,
    id: { readonly callId: string; readonly localTag: string; readonly remoteTag: string },
    sequence: number,
    routes: readonly string[],
  ) {
    this.#parties = parties;
    this.callId = id.callId;
    this.localTag = id.localTag;
    this.remoteTag = id.remoteTag;
    this.#invite = sequence;
    this.#sequence = sequence;
    this.#routes = routes;
  }

  /** Of a request of ours and its 2xx (§12.1.2). Devices that leave Contact or the tag out are borne with. */
  static ofResponse(request: SipRequest, response: SipResponse, parties: Parties): Dialog {
    const { headers } = response;
    const contact = parseNameAddress(headers.list('Contact')[0] ?? '')?.uri;
    const id = {
      callId: request.headers.get('Call-ID') ?? '',
      localTag: tagOf(request.headers.get('From')),
      remoteTag: tagOf(headers.get('To')),
    };
    const target = contact !== undefined && parseSipUri(contact) ? contact : parties.target;
    const sequence = parseCSeq(request.headers)?.number ?? 1;
    return new Dialog({ ...parties, target }, id, sequence, headers.list('Record-Route').reverse());
  }

  /** Of a request that came and our response with `localTag` (§12.1.1). */
  static ofRequest(request: SipRequest, localTag: string, contact: string): Dialog {
    const { headers } = request;
    const from = parseNameAddress(headers.get('From') ?? '');
    const to = parseNameAddress(headers.get('To') ?? '');
    const target = parseNameAddress(headers.list('Contact')[0] ?? '')?.uri ?? from?.uri ?? '';
    const parties = { localUri: to?.uri ?? '', remoteUri: from?.uri ?? '', target, contact };
    const id = {
      callId: headers.get('Call-ID') ?? '',
      localTag,
      remoteTag: from?.parameters.get('tag') ?? '',
    };
    const dialog = new Dialog(parties, id, 0, headers.list('Record-Route'));
    dialog.accepts(request);
    return dialog;
  }

  /** The next request of ours in it (§12.2.1.1). */
  request(method: string, headers: HeaderValues = {}, body: Buffer = NO_BODY): SipRequest {
    this.#sequence++;
    return this.#build(method, this.#sequence, headers, body);
  }

  /** The ACK of the INVITE's 2xx (§13.2.2.4). */
  ack(): SipRequest {
    return this.#build('ACK', this.#invite, {}, NO_BODY);
  }

  /** Whether the other side's request is of this dialog and new (§12.2.2). */
  accepts(request: SipRequest): boolean {
    const { headers } = request;
    if (headers.get('Call-ID') !== this.callId) return false;
    const sequence = parseCSeq(headers)?.number ?? -1;
    if (sequence <= this.#remoteSequence) return false;
    this.#remoteSequence = sequence;
    return true;
  }

  #build(method: string, sequence: number, headers: HeaderValues, body: Buffer): SipRequest {
    const { localUri, remoteUri, target, contact } = this.#parties;
    const tag = this.remoteTag === '' ? '' : `;tag=${this.remoteTag}`;
    return {
      kind: 'request',
      method,
      uri: target,
      body,
      headers: SipHeaders.of({
        Route: this.#routes.length > 0 ? this.#routes : undefined,
        From: `<${localUri}>;tag=${this.localTag}`,
        To: `<${remoteUri}>${tag}`,
        'Call-ID': this.callId,
        CSeq: `${sequence} ${method}`,
        Contact: contact,
        'Max-Forwards': 70,
        ...headers,
      }),
    };
  }
}

export function tagOf(value: string | undefined): string {
  return parseNameAddress(value ?? '')?.parameters.get('tag') ?? '';
}
