import type { Bus } from '../bus/bus.ts';
import type { MediaControl } from './media-control.ts';
import { remoteMethods, serveMethods } from './remote-methods.ts';

const METHODS = [
  'streams',
  'stream',
  'viewers',
  'playUrls',
  'stop',
  'ingests',
  'addIngest',
  'pushes',
  'addPush',
  'removePush',
  'recordings',
  'startRecording',
  'stopRecording',
  'nodes',
] as const satisfies readonly (keyof MediaControl)[];

function subjectOf(node: string): string {
  return `${node}.control`;
}

/** Lets the members of the bus ask this node. Returns the way to end it. */
export function serveControl(bus: Bus, control: MediaControl): () => void {
  return serveMethods(bus, subjectOf(bus.member), control, METHODS);
}

/** Asks another node. */
export function remoteControl(bus: Bus, node: string): MediaControl {
  return remoteMethods<MediaControl>(bus, subjectOf(node), METHODS);
}
