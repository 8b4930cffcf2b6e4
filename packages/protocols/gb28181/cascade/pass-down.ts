import type { Device } from '../device/device.ts';
import type { Questions } from '../device/questions.ts';
import { parseControl } from '../manscdp/device-control.ts';
import { type ManscdpMessage, writeManscdp } from '../manscdp/message.ts';
import { child, childNumber, type XmlElement, type XmlNode } from '../manscdp/xml.ts';

/** A message of a platform above, for the device that has the channel. */
export interface Descent {
  readonly questions: Questions;
  readonly device: Device;
  /** The channel's id with the device, and with the platform. */
  readonly channelId: string;
  readonly sharedId: string;
  readonly message: ManscdpMessage;
  /** Takes what the device answers, a message each, with the platform's ids in it. */
  answer(content: readonly XmlNode[]): void;
}

/** What a device is asked for a platform. The rest is about the device itself, which is ours. */
const QUERIES: ReadonlySet<string> = new Set([
  'RecordInfo',
  'PresetQuery',
  'HomePositionQuery',
  'CruiseTrackListQuery',
  'CruiseTrackQuery',
  'PTZPosition',
]);
const OWN = new Set(['CmdType', 'SN', 'DeviceID']);
/** What is handed on is written anew: a name that is none would be markup of its own. */
const NAME = /^[A-Za-z_][A-Za-z0-9_.-]{0,63}$/;

/** Whether a device may be asked or ordered this by a platform above. Its configuration may not be changed from there. */
export function isPassedDown({ kind, command }: ManscdpMessage): boolean {
  return kind === 'Control' ? command === 'DeviceControl' : kind === 'Query' && QUERIES.has(command);
}

/** Hands it down, and what comes back up. Throws `DEVICE_REFUSED`, `TIMED_OUT`, `UPSTREAM_FAILED`. */
export async function passDown({
  questions,
  device,
  channelId,
  sharedId,
  message,
  answer,
}: Descent): Promise<void> {
  const { kind, command, content } = message;
  const nodes = contentNodes(content, sharedId, channelId);
  if (kind === 'Control' && !parseControl(message).hasAnswer) {
    await questions.tell(
      device,
      channelId,
      writeManscdp('Control', command, questions.nextSn(), channelId, nodes),
    );
    return;
  }
  let gathered = 0;
  await questions.ask(device, {
    ...{ kind: kind === 'Control' ? 'Control' : 'Query', command, channelId, content: nodes },
    onPart: part => {
      answer(contentNodes(part.content, channelId, sharedId));
      gathered += itemsIn(part.content);
      return gathered >= (childNumber(part.content, 'SumNum') ?? 0);
    },
  });
}

function itemsIn(content: XmlElement): number {
  return child(content, 'RecordList')?.children.get('Item')?.length ?? 0;
}

/** All but what every message has, with one id in the place of the other. */
function contentNodes({ children }: XmlElement, from: string, to: string): XmlNode[] {
  return [...children].flatMap(([name, elements]) =>
    OWN.has(name) ? [] : nodesOf(name, elements, from, to),
  );
}

function nodesOf(name: string, elements: readonly XmlElement[], from: string, to: string): XmlNode[] {
  if (!NAME.test(name)) return [];
  return elements.map(({ text, attributes, children }) => {
    const inner = [...children].flatMap(([inside, some]) => nodesOf(inside, some, from, to));
    const isId = name === 'DeviceID' && text === from;
    const content = children.size > 0 ? inner : isId ? to : text;
    return [name, content, Object.fromEntries([...attributes].filter(([key]) => NAME.test(key)))];
  });
}
