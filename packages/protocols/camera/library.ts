import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import { type CameraTraits, type Profile, parseProfile } from './profile.ts';
import { NO_QUIRKS } from './quirks.ts';

/** For cameras that nothing is known of. */
export const PLAIN_PROFILE: Profile = {
  name: 'plain',
  title: 'Any camera',
  about: 'Nothing is known of it.',
  patterns: [],
  quirks: NO_QUIRKS,
};

/** The profiles that come with the product. */
export const BUNDLED_PROFILES = fileURLToPath(new URL('profiles', import.meta.url));

/** The profiles of cameras, found by what a camera shows of itself or by name. */
export class ProfileLibrary {
  readonly #profiles: ReadonlyMap<string, Profile>;

  constructor(profiles: readonly Profile[]) {
    this.#profiles = new Map([PLAIN_PROFILE, ...profiles].map(profile => [profile.name, profile]));
  }

  /** Reads all `*.toml` of the folders; a later one replaces an earlier one of its name. Throws `CONFIG_INVALID`. */
  static load(...folders: readonly string[]): ProfileLibrary {
    const files = folders.flatMap(folder =>
      readdirSync(folder)
        .filter(file => file.endsWith('.toml'))
        .sort()
        .map(file => ({ name: file.slice(0, -'.toml'.length), path: `${folder}/${file}` })),
    );
    return new ProfileLibrary(files.map(({ name, path }) => parseProfile(name, readFileSync(path, 'utf8'))));
  }

  get profiles(): readonly Profile[] {
    return [...this.#profiles.values()];
  }

  /** The profile of that name. Throws `REQUEST_INVALID`. */
  named(name: string): Profile {
    const profile = this.#profiles.get(name);
    if (profile) return profile;
    const names = [...this.#profiles.keys()].join(', ');
    throw new FluxError('REQUEST_INVALID', `There is no camera profile "${name}"; there are: ${names}.`);
  }

  /** The profile whose pattern says most of what the camera shows; the plain one where none fits. */
  match(traits: CameraTraits): Profile {
    let best: { readonly profile: Profile; readonly length: number } | undefined;
    for (const profile of this.#profiles.values()) {
      for (const { trait, text } of profile.patterns) {
        if (text.length <= (best?.length ?? 0) || !fits(text, traits[trait] ?? '')) continue;
        best = { profile, length: text.length };
      }
    }
    return best?.profile ?? PLAIN_PROFILE;
  }
}

/** Whether `text` is the pattern, with anything for each `*`, without regard to case. */
function fits(pattern: string, text: string): boolean {
  const parts = pattern.toLowerCase().split('*');
  const subject = text.toLowerCase();
  const [first = ''] = parts;
  const last = parts.length > 1 ? (parts.at(-1) ?? '') : '';
  if (parts.length === 1) return subject === first;
  if (!subject.startsWith(first)) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = subject.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return subject.length - at >= last.length && subject.endsWith(last);
}
