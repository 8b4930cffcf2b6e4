import type { Bus, BusValue } from '../bus/bus.ts';
import { FluxError } from '../errors/flux-error.ts';
import type { MediaControl } from './media-control.ts';

type Method = keyof MediaControl;

const METHODS: ReadonlySet<string> = new Set<Method>([
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
]);

function subjectOf(node: string): string {
  return `${node}.control`;
}

/** Lets the members of the bus ask this node. Returns the way to end it. */
export function serveControl(bus: Bus, control: MediaControl): () => void {
  return bus.serve(subjectOf(bus.member), async payload => {
    const { method, parameters } = payload as { method?: unknown; parameters?: unknown };
    if (typeof method !== 'string' || !METHODS.has(method) || !Array.isArray(parameters)) {
      throw new FluxError('REQUEST_INVALID', 'There is no such question to a media node.');
    }
    const answer = control[method as Method] as (...given: unknown[]) => Promise<unknown>;
    return ((await answer.apply(control, parameters)) ?? null) as BusValue;
  });
}

/** Asks another node: what it answers is of the same program, and taken as it is. */
export function remoteControl(bus: Bus, node: string): MediaControl {
  const ask =
    (method: Method) =>
    (...parameters: unknown[]) =>
      bus.request(subjectOf(node), {
        method,
        // JSON has no undefined, and these are the last parameters.
        parameters: parameters.filter(parameter => parameter !== undefined) as BusValue[],
      });
  return Object.fromEntries(
    [...METHODS].map(method => [method, ask(method as Method)]),
  ) as unknown as MediaControl;
}
