import { MANSCDP_TYPE, type ManscdpMessage, writeManscdp } from '@flux-iot/protocols/gb28181/manscdp/message';
import { childText } from '@flux-iot/protocols/gb28181/manscdp/xml';
import { parseSessionDescription, type SessionDescription } from '@flux-iot/protocols/gb28181/sdp/answer';
import type { SipAgent } from '@flux-iot/protocols/gb28181/sip/agent';
import { Dialog, newRequest } from '@flux-iot/protocols/gb28181/sip/dialog';
import type { SipPeer } from '@flux-iot/protocols/gb28181/sip/peer';
import type { ServerTransaction } from '@flux-iot/protocols/gb28181/sip/transactions';
import type { SimulatedQuirks } from './quirks.ts';
import { type Heard, VoiceListener, type VoiceTransport } from './voice-listener.ts';

export interface SimulatedVoiceOptions {
  readonly id: string;
  readonly agent: SipAgent;
  readonly server: SipPeer;
  readonly quirks: SimulatedQuirks | undefined;
  readonly note: (text: string) => void;
}

interface Talk {
  readonly dialog: Dialog;
  readonly listener: VoiceListener;
}

const INVITE_TIMEOUT = 5000;
/** What a device writes into `y=` of its own INVITE. */
const SSRC = '0200009999';
const NOTHING: Heard = { packets: 0, bytes: 0, lost: 0, payloadTypes: [], ssrcs: [], sound: Buffer.alloc(0) };

/** The loudspeaker of a simulated device, and how it comes to its sound: by a broadcast, or invited to a talk. */
export class SimulatedVoice {
  readonly #options: SimulatedVoiceOptions;
  readonly #talks = new Map<string, Talk>();
  #listener: VoiceListener | undefined;

  constructor(options: SimulatedVoiceOptions) {
    this.#options = options;
  }

  /** Talks that are under way. */
  get talks(): number {
    return this.#talks.size;
  }

  /** Of the latest talk. */
  get heard(): Heard {
    return this.#listener?.heard ?? NOTHING;
  }

  /** §9.12: answers that there is something to be heard, and asks for it. */
  async broadcast({ sn, content }: ManscdpMessage): Promise<void> {
    const { agent, server, quirks, note } = this.#options;
    const source = childText(content, 'SourceID') ?? '';
    const target = childText(content, 'TargetID') ?? '';
    note(`Broadcast ${source} ${target}`);
    if (quirks?.broadcast === 'ignores') return;
    const result = quirks?.broadcast === 'refuses' ? 'ERROR' : 'OK';
    const body = writeManscdp('Response', 'Broadcast', sn, target, [['Result', result]]);
    await agent.request('MESSAGE', source, server, { 'Content-Type': MANSCDP_TYPE }, body, INVITE_TIMEOUT);
    if (result === 'OK') await this.#ask(source, target);
  }

  /** True where it is a talk's: an invitation to one, or its end. */
  takes(transaction: ServerTransaction): boolean {
    const { request, respond } = transaction;
    const callId = request.headers.get('Call-ID') ?? '';
    if (request.method === 'INVITE' && /^s=Talk/m.test(request.body.toString('latin1'))) {
      void this.#invited(transaction);
      return true;
    }
    const talk = this.#talks.get(callId);
    if (!talk) return false;
    if (request.method === 'BYE') {
      respond({ status: 200 });
      this.#options.note('BYE of the talk');
      talk.listener.close();
      this.#talks.delete(callId);
    }
    return true;
  }

  /** Ends all talks with a goodbye. */
  async hangUp(): Promise<void> {
    const { agent, server } = this.#options;
    const talks = [...this.#talks.values()];
    this.close();
    for (const { dialog } of talks) await agent.send(dialog.request('BYE'), server, 2000).catch(() => {});
  }

  /** Idempotent. */
  close(): void {
    for (const { listener } of this.#talks.values()) listener.close();
    this.#talks.clear();
  }

  async #ask(source: string, target: string): Promise<void> {
    const { agent, server, quirks, note } = this.#options;
    const transport = quirks?.voiceTransport ?? 'udp';
    const listener = new VoiceListener(transport);
    this.#listener = listener;
    const port = await listener.open();
    const parties = await agent.parties(source, server);
    const headers = { 'Content-Type': 'APPLICATION/SDP', Subject: `${source}:${SSRC},${target}:0` };
    const request = newRequest('INVITE', parties, headers, this.#description('Play', transport, port, SSRC));
    agent.invite(request, server, INVITE_TIMEOUT, {
      onProvisional: () => {},
      onSuccess: (response, isFirst) => {
        const dialog = Dialog.ofResponse(request, response, parties);
        agent.acknowledge(dialog.ack(), server);
        if (!isFirst) return;
        this.#talks.set(dialog.callId, { dialog, listener });
        const { address = server.address, port: theirs } = parseSessionDescription(response.body);
        listener.answered(address, theirs);
      },
      onRefused: ({ status }) => {
        note(`the INVITE was answered ${status}`);
        listener.close();
      },
      onFailed: () => listener.close(),
    });
  }

  async #invited({ request, respond, tag, peer }: ServerTransaction): Promise<void> {
    const { agent, note } = this.#options;
    const offer = parseSessionDescription(request.body);
    note(`INVITE ${request.body.toString('latin1').replaceAll('\r\n', ' ')}`);
    const transport = otherSide(offer);
    const listener = new VoiceListener(transport);
    this.#listener = listener;
    const port = await listener.open();
    const dialog = Dialog.ofRequest(request, tag, agent.contact(peer));
    this.#talks.set(dialog.callId, { dialog, listener });
    listener.answered(offer.address ?? peer.address, offer.port);
    const headers = { Contact: agent.contact(peer), 'Content-Type': 'APPLICATION/SDP' };
    const body = this.#description('Talk', transport, port, offer.ssrc ?? '0');
    respond({ status: 200, headers, body });
  }

  #description(name: string, transport: VoiceTransport, port: number, ssrc: string): Buffer {
    const { id, quirks } = this.#options;
    const isTcp = transport !== 'udp';
    const [type, map] = formatOf(quirks);
    const lines = [
      'v=0',
      `o=${id} 0 0 IN IP4 127.0.0.1`,
      `s=${name}`,
      'c=IN IP4 127.0.0.1',
      't=0 0',
      `m=audio ${port} ${isTcp ? 'TCP/RTP/AVP' : 'RTP/AVP'} ${type}`,
      name === 'Talk' ? 'a=sendrecv' : 'a=recvonly',
      `a=rtpmap:${type} ${map}`,
      ...(isTcp ? [`a=setup:${transport === 'tcp-passive' ? 'passive' : 'active'}`, 'a=connection:new'] : []),
      `y=${ssrc}`,
      '',
    ];
    return Buffer.from(lines.join('\r\n'));
  }
}

function formatOf(quirks: SimulatedQuirks | undefined): readonly [type: number, map: string] {
  if (quirks?.broadcast === 'wants-g7221') return [102, 'G7221/16000'];
  return quirks?.wantsPsVoice ? [96, 'PS/90000'] : [8, 'PCMA/8000'];
}

/** What the other side waits for, this side connects. */
function otherSide({ isTcp, setup }: SessionDescription): VoiceTransport {
  if (!isTcp) return 'udp';
  return setup === 'active' ? 'tcp-passive' : 'tcp-active';
}
