import { FluxError } from '../errors/flux-error.ts';
import type { Derivation } from '../orchestrator/protocol-adapter.ts';
import type { StreamOrchestrator } from '../orchestrator/stream-orchestrator.ts';
import type { StreamId } from '../stream/stream-id.ts';
import type { ViewerLimits } from '../stream/viewer.ts';
import { parseDerivedId } from './derived-id.ts';
import type { TranscodeProfile } from './profile.ts';
import { Transcode } from './transcode.ts';

export interface TranscodersOptions {
  readonly profiles: readonly TranscodeProfile[];
  /** Streams that this node makes at once, at most. */
  readonly maxRunning: number;
  readonly limits: ViewerLimits;
  /** Bytes of memory of each process. */
  readonly maxMemory: number;
}

/** The streams that can be made of others, by the profiles. */
export class Transcoders {
  readonly #options: TranscodersOptions;
  readonly #profiles: ReadonlyMap<string, TranscodeProfile>;
  #transcodes: Transcode[] = [];

  constructor(options: TranscodersOptions) {
    this.#options = options;
    this.#profiles = new Map(options.profiles.map(profile => [profile.name, profile]));
  }

  /** Process ids. */
  get processes(): readonly number[] {
    return this.#transcodes.flatMap(({ pid }) => pid ?? []);
  }

  /** The stream that this one is made of, by its id; undefined where that is not one of a profile. */
  sourceOf(streamId: StreamId): StreamId | undefined {
    const derived = parseDerivedId(streamId);
    return derived && this.#profiles.has(derived.profile) ? derived.sourceId : undefined;
  }

  /** What the stream would be made of; undefined where its id is not one of a profile. */
  derive(streamId: StreamId, orchestrator: StreamOrchestrator): Derivation | undefined {
    const derived = parseDerivedId(streamId);
    const profile = derived && this.#profiles.get(derived.profile);
    if (!profile) return undefined;
    const { sourceId } = derived;
    return { sourceId, begin: () => this.#begin(streamId, sourceId, profile, orchestrator) };
  }

  #begin(
    streamId: StreamId,
    sourceId: StreamId,
    profile: TranscodeProfile,
    orchestrator: StreamOrchestrator,
  ): Transcode {
    const { maxRunning, limits, maxMemory } = this.#options;
    this.#transcodes = this.#transcodes.filter(({ status }) => status.state !== 'closed');
    if (this.#transcodes.length >= maxRunning) {
      throw new FluxError(
        'TRANSCODE_LIMIT',
        `${maxRunning} streams are transcoded already, which are the most.`,
      );
    }
    const transcode = new Transcode({ streamId, sourceId, profile, orchestrator, limits, maxMemory });
    this.#transcodes.push(transcode);
    return transcode;
  }
}
