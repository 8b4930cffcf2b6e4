import type { Bus, BusValue, RequestOptions } from '../bus/bus.ts';
import { FluxError } from '../errors/flux-error.ts';

type Methods = readonly string[];

/** Lets the members of the bus call `methods` of the target. Returns the way to end it. */
export function serveMethods<Target extends object>(
  bus: Bus,
  subject: string,
  target: Target,
  methods: readonly (keyof Target & string)[],
): () => void {
  const known: ReadonlySet<string> = new Set(methods);
  return bus.serve(subject, async payload => {
    const { method, parameters } = payload as { method?: unknown; parameters?: unknown };
    if (typeof method !== 'string' || !known.has(method) || !Array.isArray(parameters)) {
      throw new FluxError('REQUEST_INVALID', `There is no such question to ${subject}.`);
    }
    const answer = target[method as keyof Target] as unknown as (...given: unknown[]) => Promise<unknown>;
    return ((await answer.apply(target, parameters)) ?? null) as BusValue;
  });
}

export interface RemoteOptions extends RequestOptions {
  /** What an error means to the caller. */
  readonly explain?: (error: FluxError) => FluxError;
}

/** Calls another member's methods: what it answers is of the same program, and taken as it is. */
export function remoteMethods<Target extends object>(
  bus: Bus,
  subject: string,
  methods: Methods,
  { explain, ...options }: RemoteOptions = {},
): Target {
  const ask =
    (method: string) =>
    async (...parameters: unknown[]) => {
      try {
        // JSON has no undefined: it is null between other parameters, and left out after them.
        const last = parameters.findLastIndex(parameter => parameter !== undefined);
        const given = parameters.slice(0, last + 1).map(parameter => parameter ?? null);
        return await bus.request(subject, { method, parameters: given as BusValue[] }, options);
      } catch (cause) {
        const error = FluxError.from(cause);
        throw explain ? explain(error) : error;
      }
    };
  return Object.fromEntries(methods.map(method => [method, ask(method)])) as Target;
}
