import { FluxError } from '@flux-iot/core/errors/flux-error';
import { MANSCDP_TYPE, type ManscdpMessage, type MessageKind, writeManscdp } from '../manscdp/message.ts';
import type { XmlNode } from '../manscdp/xml.ts';
import type { SipAgent } from '../sip/agent.ts';
import { reasonOf } from '../sip/message.ts';
import type { Device } from './device.ts';

export interface Question {
  /** A `Notify` that wants an answer names in its content whom it means. */
  readonly kind: Extract<MessageKind, 'Query' | 'Control' | 'Notify'>;
  readonly command: string;
  /** The channel that is meant; the device itself if left out. */
  readonly channelId?: string;
  readonly content?: readonly XmlNode[];
  /** Takes one message of the answer; true says that it was the last. */
  onPart(message: ManscdpMessage): boolean;
}

/** How an answer ended: `silent` where parts of it are missing, though some came. */
export type AnswerEnd = 'complete' | 'silent';

interface Waiting {
  readonly device: Device;
  readonly sn: string;
  readonly command: string;
  readonly onPart: (message: ManscdpMessage) => boolean;
  readonly finish: (end: AnswerEnd | FluxError) => void;
  hasPart: boolean;
  timer: NodeJS.Timeout | undefined;
}

/** Milliseconds for the SIP response, and for each message of the answer after it. */
const RESPONSE_TIMEOUT = 10_000;
const PART_TIMEOUT = 10_000;
const MAX_WAITING = 20_000;

/**
 * Asks devices, and puts their answers to the questions: an answer is a message of its own, or several, which come when
 * they come, in any order (GB/T 28181 §9.5).
 */
export class Questions {
  readonly #agent: SipAgent;
  readonly #waiting = new Set<Waiting>();
  #sn = Math.floor(Math.random() * 100_000);

  constructor(agent: SipAgent) {
    this.#agent = agent;
  }

  /** A number that no recent message of ours has. */
  nextSn(): number {
    this.#sn = (this.#sn % 999_999) + 1;
    return this.#sn;
  }

  /**
   * Sends what has no answer but the SIP response. Throws `DEVICE_REFUSED`, `TIMED_OUT`, `UPSTREAM_FAILED`.
   */
  async tell(device: Device, channelId: string, body: Buffer): Promise<void> {
    const response = await this.#agent.request(
      'MESSAGE',
      channelId,
      device.peer,
      { 'Content-Type': MANSCDP_TYPE },
      body,
      RESPONSE_TIMEOUT,
    );
    if (response.status < 300) return;
    const reason = response.reason || reasonOf(response.status);
    throw new FluxError('DEVICE_REFUSED', `The device ${device.id} answered ${response.status} ${reason}.`, {
      context: { status: response.status },
    });
  }

  /**
   * Asks, and hands every part of the answer to `onPart`. Resolves when it was the last, or with `silent` when no more
   * came. Rejects with `TIMED_OUT` where none came at all, and as `tell` does.
   */
  ask(device: Device, question: Question): Promise<AnswerEnd> {
    const { kind, command, channelId = device.id, content, onPart } = question;
    if (this.#waiting.size >= MAX_WAITING)
      return Promise.reject(new FluxError('STREAM_LIMIT', 'Too many questions are open.'));
    const sn = this.nextSn();
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        ...{ device, command, onPart, sn: String(sn), hasPart: false, timer: undefined },
        finish: end => {
          clearTimeout(waiting.timer);
          if (!this.#waiting.delete(waiting)) return;
          if (end instanceof FluxError) reject(end);
          else resolve(end);
        },
      };
      this.#waiting.add(waiting);
      // The answer may come before the response to the question does.
      const meant = kind === 'Notify' ? undefined : channelId;
      this.tell(device, channelId, writeManscdp(kind, command, sn, meant, content)).then(
        () => this.#awaitPart(waiting),
        (cause: unknown) => {
          // A device that answers the question has heard it, whatever became of the response.
          if (waiting.hasPart) this.#awaitPart(waiting);
          else waiting.finish(FluxError.from(cause));
        },
      );
    });
  }

  /** Puts an answer to its question; false where nobody asked. */
  answered(device: Device, message: ManscdpMessage): boolean {
    const waiting = this.#find(device, message);
    if (!waiting) return false;
    waiting.hasPart = true;
    if (waiting.onPart(message)) waiting.finish('complete');
    else this.#awaitPart(waiting);
    return true;
  }

  /** Idempotent. */
  close(): void {
    for (const waiting of [...this.#waiting])
      waiting.finish(new FluxError('NOT_READY', 'The server is shutting down.'));
  }

  /** By its number; devices that give another one back have one question of the kind open, or get the first. */
  #find(device: Device, { command, sn }: ManscdpMessage): Waiting | undefined {
    const open = [...this.#waiting].filter(
      waiting => waiting.device === device && waiting.command === command,
    );
    return open.find(waiting => waiting.sn === sn) ?? (open.length === 1 ? open[0] : undefined);
  }

  #awaitPart(waiting: Waiting): void {
    if (!this.#waiting.has(waiting)) return;
    clearTimeout(waiting.timer);
    waiting.timer = setTimeout(() => {
      const { device, command } = waiting;
      waiting.finish(
        waiting.hasPart
          ? 'silent'
          : new FluxError(
              'TIMED_OUT',
              `The device ${device.id} took the ${command} query, but sent no answer.`,
            ),
      );
    }, PART_TIMEOUT);
  }
}
