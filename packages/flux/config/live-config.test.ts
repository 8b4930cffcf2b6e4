import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { hookSettings } from './hooks.ts';
import { CONFIG_SECTIONS } from './keys.ts';
import { LiveConfig, RELOADABLE } from './live-config.ts';
import { loadConfig, parseConfig } from './loader.ts';

const HOOK = '[[hooks]]\nurl = "https://example.com/a"\nsecret = "secret-secret-secret-secret"\n';

describe('LiveConfig', () => {
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'flux-config-'));
    file = join(folder, 'flux.toml');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function start(toml: string, environment: Record<string, string> = {}): LiveConfig {
    writeFileSync(file, toml);
    return new LiveConfig(loadConfig(file, environment).config, file, environment);
  }

  it('takes over what can change, and names what cannot, each time until the restart', () => {
    const live = start('[media]\nmax_streams = 5\n');
    const changed = vi.fn();
    live.onChange(changed);
    writeFileSync(
      file,
      `${HOOK}[media]\nmax_streams = 6\ngop_cache_seconds = 5\n[server]\nbind = "127.0.0.1:1"\n`,
    );
    expect(live.reload()).toEqual({
      applied: ['hooks', 'media.max_streams'],
      needsRestart: ['server.bind', 'media.gop_cache_seconds'],
    });
    expect(live.current.media).toMatchObject({ max_streams: 6, gop_cache_seconds: 20 });
    expect(live.current.server.bind).toBe('0.0.0.0:8080');
    expect(changed).toHaveBeenCalledExactlyOnceWith(live.current);
    expect(live.reload()).toEqual({
      applied: [],
      needsRestart: ['server.bind', 'media.gop_cache_seconds'],
    });
    writeFileSync(file, '');
    expect(live.reload()).toEqual({ applied: ['hooks', 'media.max_streams'], needsRestart: [] });
    expect(changed).toHaveBeenCalledTimes(2);
  });

  it('stays as it was where the file is wrong or gone', () => {
    const live = start('[media]\nmax_streams = 5\n');
    const before = live.current;
    for (const toml of ['[media]\nmax_streams = -1\n', 'nonsense', '[media]\nmax_stream = 6\n']) {
      writeFileSync(file, toml);
      expect(() => live.reload()).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
    }
    rmSync(file);
    expect(() => live.reload()).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
    expect(live.current).toBe(before);
  });

  it('lets the environment go first, as at the start', () => {
    const live = start('', { FLUX_MEDIA_MAX_STREAMS: '9' });
    writeFileSync(file, '[media]\nmax_streams = 6\n');
    expect(live.reload()).toEqual({ applied: [], needsRestart: [] });
    expect(live.current.media.max_streams).toBe(9);
  });

  it('knows keys that there are', () => {
    const names = CONFIG_SECTIONS.flatMap(({ name, isList, keys }) =>
      isList ? [name] : keys.map(key => key.name),
    );
    for (const name of RELOADABLE) expect(names).toContain(name);
  });
});

describe('hooks of the configuration', () => {
  const problems = (toml: string) => {
    try {
      parseConfig(toml, {}, 'test');
    } catch (error) {
      return (error as Error).message
        .split('\n')
        .slice(1)
        .map(line => line.trim());
    }
    return [];
  };

  it('have defaults, and ids that follow from their addresses', () => {
    const { config } = parseConfig(
      `${HOOK}${HOOK}decides = ["play"]\n[[hooks]]\nurl = "http://b/"\nsecret = "secret-secret-secret-secret"\n`,
      {},
      'test',
    );
    const { hooks } = hookSettings(config);
    expect(hooks[0]).toMatchObject({
      url: 'https://example.com/a',
      events: [],
      decides: [],
      apps: [],
      timeout: 3000,
      enabled: true,
    });
    expect(hooks[1]).toMatchObject({ id: `${hooks[0]?.id}-2`, decides: ['play'] });
    expect(new Set(hooks.map(({ id }) => id)).size).toBe(3);
    for (const { id } of hooks) expect(id).toMatch(/^config-[0-9a-f]{12}/);
  });

  it.each([
    ['[[hooks]]\nurl = "https://a/"\n', 'line 1: hooks[0]: secret is missing'],
    [`${HOOK}[[hooks]]\nsecret = "secret-secret-secret-secret"\n`, 'line 4: hooks[1]: url is missing'],
    [`${HOOK}event = []\n`, 'line 4: hooks[0].event: unknown key; did you mean "events"?'],
    [
      `${HOOK}decides = ["stop"]\n`,
      'line 4: hooks[0].decides[0]: "stop" is not allowed; allowed: one of "publish", "play"',
    ],
    [
      '[[hooks]]\nurl = "https://a/"\nsecret = "short"\n',
      'line 3: hooks[0].secret: … is not allowed; allowed: 24 to 256 visible characters; "whsec_" and base64, or any others',
    ],
    ['hooks = 5\n', 'line 1: hooks: has to be written [[hooks]]: there may be several'],
    [
      '[server]\nhook_networks = ["10.0.0.0/40"]\n',
      'line 2: server.hook_networks: "10.0.0.0/40" is no network',
    ],
  ])('are checked: %j', (toml, problem) => {
    expect(problems(toml)).toEqual([problem.replace(': … is', ': "…" is')]);
  });
});
