import type { ManscdpMessage } from './message.ts';
import { childText } from './xml.ts';

/** Orders that are carried out without a word (GB/T 28181 §9.3.2). -2016 prints one of them without its r. */
const UNANSWERED = new Set(['PTZCmd', 'TeleBoot', 'IFameCmd', 'IFrameCmd', 'DragZoomIn', 'DragZoomOut']);
const NO_ORDERS = new Set(['CmdType', 'SN', 'DeviceID', 'Info']);

/** What a Control message orders. */
export interface OrderedControl {
  /** In words for people: `PTZCmd A50F…`. */
  readonly orders: readonly string[];
  /** Whether a message of its own answers it. */
  readonly hasAnswer: boolean;
}

export function parseControl({ content }: ManscdpMessage): OrderedControl {
  const names = [...content.children.keys()].filter(name => !NO_ORDERS.has(name));
  return {
    orders: names.map(name => `${name} ${childText(content, name) ?? ''}`.trim()),
    hasAnswer: !names.every(name => UNANSWERED.has(name)),
  };
}
