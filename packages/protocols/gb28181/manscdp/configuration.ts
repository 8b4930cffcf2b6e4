import type { DeviceConfiguration } from '@flux-iot/core/control/gb28181-control';
import type { ManscdpMessage } from './message.ts';
import type { XmlElement } from './xml.ts';

const OTHERS = new Set(['CmdType', 'SN', 'DeviceID', 'Result', 'SumNum', 'Num']);

/** A.2.6.10 (ConfigDownload): each kind of configuration in the message, as the device has it. */
export function parseConfiguration({ content }: ManscdpMessage): DeviceConfiguration {
  return Object.fromEntries(
    [...content.children]
      .filter(([name]) => !OTHERS.has(name))
      .map(([name, elements]) => [name, contentOf(elements)]),
  );
}

function contentOf(elements: readonly XmlElement[]): DeviceConfiguration[string] {
  const values = elements.map(({ text, children }) =>
    children.size === 0
      ? text
      : Object.fromEntries([...children].map(([name, inner]) => [name, contentOf(inner)])),
  );
  return values.length === 1 ? values[0]! : values;
}
