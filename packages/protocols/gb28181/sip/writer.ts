import { reasonOf, SIP_VERSION, type SipMessage } from './message.ts';

/** The message as bytes, with its Content-Length. */
export function writeSipMessage(message: SipMessage): Buffer {
  const lines = [
    message.kind === 'request'
      ? `${oneLine(message.method)} ${oneLine(message.uri)} ${SIP_VERSION}`
      : `${SIP_VERSION} ${message.status} ${oneLine(message.reason || reasonOf(message.status))}`,
  ];
  for (const [name, value] of message.headers) {
    if (!isLength(name)) lines.push(`${oneLine(name)}: ${oneLine(value)}`);
  }
  lines.push(`Content-Length: ${message.body.length}`, '', '');
  return Buffer.concat([Buffer.from(lines.join('\r\n'), 'latin1'), message.body]);
}

function isLength(name: string): boolean {
  const key = name.toLowerCase();
  return key === 'content-length' || key === 'l';
}

/** What came from elsewhere begins no line of its own. */
function oneLine(text: string): string {
  return text.replace(/[\r\n]+/g, ' ');
}
